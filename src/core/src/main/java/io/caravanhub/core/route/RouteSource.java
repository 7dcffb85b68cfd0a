package io.caravanhub.core.route;

import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * The content of one route file as it was read.
 *
 * @param path the file
 * @param text its content
 */
record RouteSource(Path path, String text) {
  static final String ROUTE = ".camel.yaml";
  static final String KAMELET = ".kamelet.yaml";
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9.-]*");

  /** What a file holds; in the order in which files must be loaded. */
  enum Kind {
    POLICY,
    KAMELET,
    ROUTE
  }

  static boolean isRouteFile(Path path) {
    String file = String.valueOf(path.getFileName());
    return !file.startsWith(".") && (file.endsWith(ROUTE) || file.endsWith(KAMELET));
  }

  /** Kind by place and name: policies are the files of a folder named {@code policy}. */
  Kind kind() {
    if (path.toString().endsWith(KAMELET)) {
      return Kind.KAMELET;
    }
    Path folder = path.getParent();
    return folder != null && folder.endsWith("policy") ? Kind.POLICY : Kind.ROUTE;
  }

  /** File name without its ending: the id its route must have. */
  String name() {
    String file = String.valueOf(path.getFileName());
    return file.substring(0, file.length() - (kind() == Kind.KAMELET ? KAMELET : ROUTE).length());
  }

  /** Names that are the same on every file system and good as ids and endpoint names. */
  void checkName() throws RouteRefusal {
    if (!NAME.matcher(name()).matches()) {
      throw new RouteRefusal(
          "file name '"
              + name()
              + "': only a-z, 0-9, '-' and '.' before "
              + ROUTE
              + " or "
              + KAMELET,
          0);
    }
  }
}
