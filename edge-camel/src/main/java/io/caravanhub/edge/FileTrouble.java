package io.caravanhub.edge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Says why a file cannot be used: it is not there, or belongs to another user. */
final class FileTrouble {
  private FileTrouble() {}

  /** Why a file cannot be read. */
  static String unreadable(Path file) {
    return Files.exists(file)
        ? file + " " + owned(file)
        : file + " cannot be read: there is no such file, or its folder may not be entered";
  }

  /** One line about a file or folder that could not be used. */
  static String line(UncheckedIOException trouble) {
    return trouble.getCause() instanceof AccessDeniedException denied && denied.getFile() != null
        ? denied.getFile() + " " + owned(Path.of(denied.getFile()))
        : String.valueOf(trouble.getMessage());
  }

  private static String owned(Path file) {
    String user = System.getProperty("user.name");
    Path there = file;
    while (there.getParent() != null && !Files.exists(there)) {
      there = there.getParent();
    }
    try {
      return "may not be used by "
          + user
          + ", "
          + there
          + " belongs to "
          + Files.getOwner(there).getName()
          + ": run as that user, or chown it to "
          + user;
    } catch (IOException | UnsupportedOperationException e) {
      return "may not be used by " + user;
    }
  }
}
