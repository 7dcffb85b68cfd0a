package io.caravanhub.hub.connector;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.core.cloud.Part;
import io.caravanhub.core.mapping.MappingException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The faults that the devices of one stream have named. What is said again and again is written now
 * and then. Called by one thread after the other.
 */
final class StreamFaults {
  private static final Logger LOG = LoggerFactory.getLogger(StreamFaults.class);
  private static final Duration AGAIN = Duration.ofMinutes(1);

  private final Connection connection;
  private final ConnectorMapping mappings;
  private final FaultLog log;
  private final Map<String, Said> said = new HashMap<>();

  private record Said(JsonNode told, Instant at) {}

  StreamFaults(Connection connection, ConnectorMapping mappings, FaultLog log) {
    this.connection = connection;
    this.mappings = mappings;
    this.log = log;
  }

  /** Notes the faults of each device in a message; one that speaks of none ends none. */
  void saw(String kind, String mapping, List<Part> parts) {
    Instant now = Instant.now();
    for (Part part : parts) {
      JsonNode told;
      try {
        told = mappings.apply(connection.tenant(), mapping, part);
      } catch (MappingException e) {
        LOG.warn("connection {}: {}", connection.name(), e.getMessage());
        continue;
      }
      if (told.isEmpty()) {
        continue;
      }
      // What other kinds of messages say of a device is remembered beside.
      String key = part.device() + " " + kind;
      Said before = said.get(key);
      if (before == null || !before.told.equals(told) || before.at.plus(AGAIN).isBefore(now)) {
        log.saw(connection.tenant(), connection.oem(), mapping, List.of(part), false);
        said.put(key, new Said(told, now));
      }
    }
  }
}
