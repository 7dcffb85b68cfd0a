package io.caravanhub.hub.webhook;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.caravanhub.core.webhook.WebhookScheme;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Schemes as connectors declare them in {@code <oem>/<oem>-source.kamelet.yaml}. A changed file is
 * seen by the next webhook; one that declares nonsense lets nobody in. Thread-safe.
 */
public final class FolderWebhookSchemes implements WebhookSchemes {
  private static final Logger LOG = LoggerFactory.getLogger(FolderWebhookSchemes.class);

  private record Known(FileTime modified, Optional<WebhookScheme> scheme) {}

  private final Path connectors;
  private final ObjectMapper yaml = new ObjectMapper(new YAMLFactory());
  private final Map<Path, Known> known = new ConcurrentHashMap<>();

  /** Schemes of the connectors in this folder, for instance {@code connectors/oem}. */
  public FolderWebhookSchemes(Path connectors) {
    this.connectors = connectors;
  }

  @Override
  public Optional<WebhookScheme> find(String oem) {
    if (!oem.matches("[a-z0-9][a-z0-9-]*")) {
      return Optional.empty();
    }
    Path file = connectors.resolve(oem).resolve(oem + "-source.kamelet.yaml");
    FileTime modified = modified(file);
    if (modified == null) {
      return Optional.empty();
    }
    Known last = known.get(file);
    if (last == null || !last.modified().equals(modified)) {
      last = new Known(modified, Optional.ofNullable(read(file)));
      known.put(file, last);
    }
    return last.scheme();
  }

  private @Nullable WebhookScheme read(Path file) {
    try {
      Object kamelet = yaml.readValue(file.toFile(), Object.class);
      return WebhookScheme.read(map(map(map(kamelet).get("metadata")).get("annotations")));
    } catch (IOException | IllegalArgumentException e) {
      LOG.warn("{}: webhooks are refused: {}", file, e.getMessage());
      return null;
    }
  }

  private static Map<?, ?> map(@Nullable Object value) {
    return value instanceof Map<?, ?> map ? map : Map.of();
  }

  private static @Nullable FileTime modified(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException e) {
      return null;
    }
  }
}
