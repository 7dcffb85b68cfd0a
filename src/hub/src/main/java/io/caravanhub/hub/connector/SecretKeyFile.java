package io.caravanhub.hub.connector;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;

/** The hub's own key, kept in a file that its owner alone may read. */
final class SecretKeyFile {
  private static final int KEY_BYTES = 32;

  private SecretKeyFile() {}

  /** The key in the file, in base64; the first start makes it. */
  static String read(Path file) {
    try {
      if (!Files.exists(file)) {
        make(file);
      }
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be read or written", e);
    }
  }

  private static void make(Path file) throws IOException {
    byte[] key = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(key);
    Path folder = file.toAbsolutePath().getParent();
    Files.createDirectories(folder);
    Path beside =
        Files.createTempFile(
            folder,
            file.getFileName() + ".",
            ".new",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      Files.writeString(
          beside,
          Base64.getEncoder().encodeToString(key) + "\n",
          StandardOpenOption.WRITE,
          StandardOpenOption.SYNC);
      put(beside, file);
    } catch (FileAlreadyExistsException e) {
      // Another hub on the same home was quicker.
    } finally {
      Files.deleteIfExists(beside);
    }
  }

  /** Gives the whole file its name, and never takes the name from another hub's key. */
  private static void put(Path beside, Path file) throws IOException {
    try {
      Files.createLink(file, beside);
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (UnsupportedOperationException | FileSystemException e) {
      // A file system without links; looking and renaming are two steps here.
      Files.move(beside, file);
    }
  }
}
