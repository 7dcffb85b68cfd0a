package io.caravanhub.core.drop;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * The folder that an operator allows, below which each tenant has one of its own. Thread-safe.
 *
 * @param path may be a symbolic link itself; nothing below it may
 */
public record DropRoot(Path path) {
  private static final int LONGEST = 200;

  /**
   * The folder of this name, made when it is absent.
   *
   * @param name relative, such as {@code meters/north}
   * @throws IllegalArgumentException when the name, or what is there, would lead elsewhere
   */
  public Path folder(String tenant, String name) throws IOException {
    require(name);
    if (tenant.contains("/")) {
      throw new IllegalArgumentException("tenant: expected a name without /");
    }
    require(tenant);
    Path folder = path.toRealPath();
    for (String level : (tenant + "/" + name).split("/")) {
      folder = folder.resolve(level);
      if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
        create(folder);
      }
      if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
        throw new IllegalArgumentException(
            "folder: expected a folder, got a file or a symbolic link at " + level);
      }
    }
    return folder;
  }

  /**
   * Looks at a name alone.
   *
   * @throws IllegalArgumentException when it is none that stays below the folder
   */
  public static void require(String name) {
    if (name.length() > LONGEST || !name.matches("[^/.][^/]*(/[^/.][^/]*)*") || isOdd(name)) {
      throw new IllegalArgumentException(
          "folder: expected a relative name such as meters/north, without .. and hidden folders,"
              + " got \""
              + name
              + "\"");
    }
  }

  private static boolean isOdd(String name) {
    return name.indexOf('\\') >= 0 || name.chars().anyMatch(Character::isISOControl);
  }

  private static void create(Path folder) throws IOException {
    try {
      Files.createDirectory(folder);
    } catch (FileAlreadyExistsException another) {
      // Looked at by whoever asked.
    }
  }
}
