package io.caravanhub.hub.registry;

import io.caravanhub.core.telemetry.Measurement;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whether a device is on line: as it said itself (its {@code connection_status}, from the topic
 * status, a will, or Sparkplug births and deaths) until it speaks after that; otherwise when it
 * spoke within the last minute.
 */
final class Presence {
  private static final String STATUS = "connection_status";
  private static final Duration SPOKE = Duration.ofSeconds(60);

  /** What was said to an earlier process may have changed while nobody listened. */
  private static final Instant STARTED = Instant.now();

  private Presence() {}

  static boolean isOnline(Map<String, Measurement> latest, @Nullable Instant seen) {
    Measurement status = latest.get(STATUS);
    if (status != null && "offline".equals(status.text()) && !spokeAfter(latest, status)) {
      return false;
    }
    if (status != null && "online".equals(status.text()) && status.ts().isAfter(STARTED)) {
      return true;
    }
    return seen != null && seen.isAfter(Instant.now().minus(SPOKE));
  }

  private static boolean spokeAfter(Map<String, Measurement> latest, Measurement status) {
    return latest.values().stream().anyMatch(m -> m != status && m.ts().isAfter(status.ts()));
  }
}
