package io.caravanhub.hub.connector;

import io.caravanhub.core.cloud.Part;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The faults that the devices of one stream have named. What is said again and again is written now
 * and then. Called by one thread after the other.
 */
final class StreamFaults {
  private static final Duration AGAIN = Duration.ofMinutes(1);

  private final Connection connection;
  private final FaultLog log;
  private final Map<String, Said> said = new HashMap<>();

  private record Said(FaultLog.Told told, Instant at) {}

  StreamFaults(Connection connection, FaultLog log) {
    this.connection = connection;
    this.log = log;
  }

  /** Notes the faults of each device in a message; one that speaks of none ends none. */
  void saw(String mapping, List<Part> parts) {
    Instant now = Instant.now();
    for (Part part : parts) {
      FaultLog.Told told = log.told(connection, mapping, part);
      if (told == null) {
        continue;
      }
      String key = part.device() + " " + told.about();
      Said before = said.get(key);
      if (before == null || !before.told.equals(told) || before.at.plus(AGAIN).isBefore(now)) {
        log.keep(connection, part.device(), told);
        said.put(key, new Said(told, now));
      }
    }
  }
}
