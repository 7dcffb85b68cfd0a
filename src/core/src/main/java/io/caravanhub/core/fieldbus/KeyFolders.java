package io.caravanhub.core.fieldbus;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where keys, certificates and passwords are.
 *
 * @param pki folder of keys and certificates
 * @param secrets folder that files with a password must be below, for connections that others may
 *     write than who owns this machine; null for any file
 */
record KeyFolders(Path pki, @Nullable Path secrets) {
  private static final int LARGEST = 4096;

  /**
   * The password in a file, without blanks around it.
   *
   * @throws IllegalArgumentException when it is no such file; not saying which others there are
   */
  String password(String file) {
    Path path = secrets == null ? Path.of(file) : secrets.resolve(file);
    try {
      Path real = path.toRealPath();
      boolean allowed = secrets == null || real.startsWith(secrets.toRealPath());
      if (allowed && Files.isRegularFile(real)) {
        try (InputStream in = Files.newInputStream(real)) {
          byte[] content = in.readNBytes(LARGEST + 1);
          if (content.length <= LARGEST) {
            return new String(content, StandardCharsets.UTF_8).strip();
          }
        }
      }
    } catch (IOException e) {
      throw new IllegalArgumentException(expected(file), e);
    }
    throw new IllegalArgumentException(expected(file));
  }

  private String expected(String file) {
    return "options.passwordFile: expected a file of at most "
        + LARGEST
        + " bytes"
        + (secrets == null ? "" : " below " + secrets)
        + ", got "
        + file;
  }
}
