package io.caravanhub.edge.spool;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Set;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/** The file with the key of the spool: 32 bytes in Base64, readable by its owner alone. */
final class SpoolKey {
  private static final int BYTES = 32;

  private SpoolKey() {}

  /**
   * Reads the key; makes it when there is no file.
   *
   * @throws IllegalArgumentException when others may read the file, or it is no key
   */
  static SecretKey at(Path file) {
    try {
      if (!Files.exists(file)) {
        make(file);
      }
      Set<PosixFilePermission> others =
          EnumSet.complementOf(
              EnumSet.of(
                  PosixFilePermission.OWNER_READ,
                  PosixFilePermission.OWNER_WRITE,
                  PosixFilePermission.OWNER_EXECUTE));
      others.retainAll(Files.getPosixFilePermissions(file));
      if (!others.isEmpty()) {
        throw new IllegalArgumentException(
            "spool.encryptionKeyFile: others may use " + file + "; set its mode to 600");
      }
      byte[] key = Base64.getDecoder().decode(Files.readString(file).strip());
      if (key.length == BYTES) {
        return new SecretKeySpec(key, "AES");
      }
      throw new IllegalArgumentException(
          "spool.encryptionKeyFile: expected 32 bytes in Base64, got " + key.length + " bytes");
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "spool.encryptionKeyFile: cannot be read or made: " + e.getMessage(), e);
    }
  }

  private static void make(Path file) throws IOException {
    byte[] key = new byte[BYTES];
    new SecureRandom().nextBytes(key);
    if (file.getParent() != null) {
      Files.createDirectories(file.getParent());
    }
    Path part = file.resolveSibling(file.getFileName() + ".part");
    Files.deleteIfExists(part);
    Files.createFile(
        part, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.write(
        part,
        (Base64.getEncoder().encodeToString(key) + "\n").getBytes(StandardCharsets.UTF_8),
        StandardOpenOption.SYNC);
    Files.move(part, file);
  }
}
