package io.caravanhub.hub.webhook;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Secrets in a properties file: {@code <tenant>.<oem> = <secret>}, several separated by blanks. A
 * change is seen by the next webhook. Thread-safe.
 */
public final class FileWebhookSecrets implements WebhookSecrets {
  private static final Logger LOG = LoggerFactory.getLogger(FileWebhookSecrets.class);

  private record Known(FileTime modified, Properties secrets) {}

  private final Path file;
  private volatile @Nullable Known known;

  /** Secrets in this file, for instance {@code webhooks.properties}; it may be absent. */
  public FileWebhookSecrets(Path file) {
    this.file = file;
  }

  @Override
  public List<String> find(String tenant, String oem) {
    String secrets = secrets().getProperty(tenant + "." + oem, "").strip();
    return secrets.isEmpty() ? List.of() : Arrays.asList(secrets.split("\\s+"));
  }

  private Properties secrets() {
    Known last = known;
    try {
      FileTime modified = Files.getLastModifiedTime(file);
      if (last == null || !last.modified().equals(modified)) {
        Properties read = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
          read.load(reader);
        }
        last = new Known(modified, read);
        known = last;
      }
      return last.secrets();
    } catch (IOException e) {
      if (Files.exists(file)) {
        LOG.warn("{} cannot be read: {}", file, e.toString());
      }
      return new Properties();
    }
  }
}
