package io.caravanhub.hub.console;

import io.caravanhub.core.telemetry.Measurement;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the console asks of the pipeline's memory; called by request threads and by the ticker. */
public interface LatestReadings {
  /** The latest measurement of each metric of a device; empty when it said nothing yet. */
  Map<String, Measurement> of(String deviceId);

  /** When the device last said anything, or null. */
  @Nullable Instant lastSeen(String deviceId);

  /** Measurements taken in since the hub started. */
  long total();
}
