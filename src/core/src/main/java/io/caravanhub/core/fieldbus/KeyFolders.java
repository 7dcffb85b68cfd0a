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
 * @param secrets folder with a folder for each tenant, which the files with its passwords must be
 *     below, for connections that others may write than who owns this machine; null for any file
 */
record KeyFolders(Path pki, @Nullable Path secrets) {
  private static final int LARGEST = 4096;

  /**
   * The password in a file, without blanks around it.
   *
   * @param tenant whose connection names the file
   * @throws IllegalArgumentException when it is no such file; not saying which others there are
   */
  String password(String tenant, String file) {
    Path folder = secrets == null ? null : ofTenant(secrets, tenant);
    Path path = folder == null ? Path.of(file) : folder.resolve(file);
    try {
      Path real = path.toRealPath();
      boolean allowed = folder == null || real.startsWith(folder.toRealPath());
      if (allowed && Files.isRegularFile(real)) {
        try (InputStream in = Files.newInputStream(real)) {
          byte[] content = in.readNBytes(LARGEST + 1);
          if (content.length <= LARGEST) {
            return new String(content, StandardCharsets.UTF_8).strip();
          }
        }
      }
    } catch (IOException e) {
      throw new IllegalArgumentException(expected(folder, file), e);
    }
    throw new IllegalArgumentException(expected(folder, file));
  }

  private static Path ofTenant(Path secrets, String tenant) {
    Path folder = secrets.resolve(tenant);
    if (secrets.normalize().equals(folder.normalize().getParent())) {
      return folder;
    }
    throw new IllegalArgumentException("tenant " + tenant + " has no folder");
  }

  private static String expected(@Nullable Path folder, String file) {
    return "options.passwordFile: expected a file of at most "
        + LARGEST
        + " bytes"
        + (folder == null ? "" : " below " + folder)
        + ", got "
        + file;
  }
}
