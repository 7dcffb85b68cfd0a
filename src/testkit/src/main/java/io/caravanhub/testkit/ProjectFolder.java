package io.caravanhub.testkit;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Finds the folders of connectors and mappings where the hub finds them. */
final class ProjectFolder {
  private ProjectFolder() {}

  /**
   * The folder given by option, else by environment, else below the installation; short when it is
   * below the working directory.
   */
  static Path find(@Nullable Path given, String variable, String name) {
    String set = System.getenv(variable);
    if (given != null) {
      return given;
    }
    if (set != null && !set.isBlank()) {
      return Path.of(set);
    }
    String root = System.getenv("HUB_ROOT");
    Path folder = Path.of(root == null ? "" : root).toAbsolutePath().resolve(name).normalize();
    Path here = Path.of("").toAbsolutePath();
    return folder.startsWith(here) ? here.relativize(folder) : folder;
  }
}
