package io.caravanhub.hub.gatewayconfig;

import io.caravanhub.hub.api.ProblemException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** The files of releases, below {@code HUB_HOME/gateway-software/t-<tenant>}. Thread-safe. */
@Component
public class SoftwareShelf {
  private static final Logger LOG = LoggerFactory.getLogger(SoftwareShelf.class);
  private static final long LARGEST = 512L << 20;

  private final Path folder;

  public SoftwareShelf(@Value("${hub.home}") Path home) {
    this.folder = home.resolve("gateway-software");
  }

  Path file(String tenant, String version) {
    return ofTenant(tenant).resolve(version + ".tar.gz");
  }

  /** Whatever a tenant is called, its folder is one below this one. */
  public Path ofTenant(String tenant) {
    return folder.resolve("t-" + URLEncoder.encode(tenant, StandardCharsets.UTF_8));
  }

  /**
   * Keeps the file if it has this hash; returns its size.
   *
   * @throws ProblemException when it has another, or more than 512 MiB
   */
  long keep(String tenant, String version, String sha256, InputStream content) throws IOException {
    Path file = file(tenant, version);
    Files.createDirectories(ofTenant(tenant));
    Path draft = Files.createTempFile(ofTenant(tenant), version, ".part");
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      long size = 0;
      try (OutputStream out = Files.newOutputStream(draft)) {
        byte[] buffer = new byte[65_536];
        for (int n = content.read(buffer); n >= 0; n = content.read(buffer)) {
          size += n;
          if (size > LARGEST) {
            throw ProblemException.tooLarge("body", "expected at most 512 MiB");
          }
          digest.update(buffer, 0, n);
          out.write(buffer, 0, n);
        }
      }
      String found = HexFormat.of().formatHex(digest.digest());
      if (!found.equals(sha256)) {
        throw ProblemException.badField("body", "its SHA-256 is " + found + ", not " + sha256);
      }
      Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
      return size;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  void drop(String tenant, String version) {
    try {
      Files.deleteIfExists(file(tenant, version));
    } catch (IOException e) {
      LOG.warn("The file of release {} cannot be deleted: {}", version, e.toString());
    }
  }
}
