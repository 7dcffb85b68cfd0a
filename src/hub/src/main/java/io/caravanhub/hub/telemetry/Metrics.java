package io.caravanhub.hub.telemetry;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The metrics that readings are read by. Thread-safe. */
public interface Metrics {
  /**
   * The metric with this key, entered into the tenant's own catalogue of this kind and unit when it
   * is new.
   */
  Metric findOrAdd(String tenant, String key, boolean textual, @Nullable String unit);

  /**
   * Limits of the tenant's metrics that ask for more than a range; what is in none of them costs a
   * message one look.
   */
  Map<String, Limits> timed(String tenant);
}
