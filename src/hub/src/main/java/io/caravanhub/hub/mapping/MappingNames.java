package io.caravanhub.hub.mapping;

import io.caravanhub.hub.api.ProblemException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Names of mappings in a path of the API: {@code halden/aerotop} is {@code halden:aerotop}. */
final class MappingNames {
  private static final Pattern NAME =
      Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*");
  private static final int LONGEST = 200;

  private MappingNames() {}

  /** The name that a path or a field gives; a slash may be written as a colon. */
  static String read(@Nullable String given) {
    String name = given == null ? "" : given.replace(':', '/');
    if (name.length() > LONGEST || !NAME.matcher(name).matches()) {
      throw ProblemException.badField(
          "name",
          "expected letters, digits, dots, dashes and underscores in parts divided by : such as"
              + " halden:aerotop");
    }
    return name;
  }
}
