package io.caravanhub.hub.connector;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * What the codes of an OEM mean, as {@code faults.yaml} of its connector says; {@code "*"} is for
 * all others. A file that has changed is read again by whoever asks next. Thread-safe.
 */
@Component
class FaultTables {
  private static final Logger LOG = LoggerFactory.getLogger(FaultTables.class);
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
  private static final JsonNode NOTHING = YAML.createObjectNode();

  private final Path folder;
  private final Map<String, Known> known = new ConcurrentHashMap<>();

  private record Known(long modified, JsonNode table) {}

  FaultTables(@Value("${hub.connectors}") Path connectors) {
    this.folder = connectors.resolve("oem");
  }

  /** The row of a code; empty when the connector has none. */
  JsonNode row(String oem, String code) {
    JsonNode table = table(oem);
    return table.has(code) ? table.path(code) : table.path("*");
  }

  private JsonNode table(String oem) {
    Path file = folder.resolve(oem).resolve("faults.yaml");
    long modified = modified(file);
    if (modified == 0) {
      return NOTHING;
    }
    Known before = known.get(oem);
    if (before == null || before.modified != modified) {
      before = new Known(modified, read(file));
      known.put(oem, before);
    }
    return before.table;
  }

  private static JsonNode read(Path file) {
    try {
      JsonNode table = YAML.readTree(file.toFile());
      return table.isObject() ? table : NOTHING;
    } catch (IOException e) {
      LOG.warn("{}: {}", file, String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
      return NOTHING;
    }
  }

  private static long modified(Path file) {
    try {
      return Files.getLastModifiedTime(file).toMillis();
    } catch (IOException e) {
      return 0;
    }
  }
}
