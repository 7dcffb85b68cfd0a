package io.caravanhub.hub.telemetry;

import io.caravanhub.core.telemetry.Measurement;
import io.caravanhub.core.telemetry.Telemetry;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The newest committed measurement of every metric of every device, in memory. Thread-safe. */
@Component
public class LatestValues {
  private final Map<String, State> devices = new ConcurrentHashMap<>();
  private final LongAdder readings = new LongAdder();
  private final Map<String, LongAdder> byTenant = new ConcurrentHashMap<>();

  private static final class State {
    final Map<String, Measurement> metrics = new ConcurrentHashMap<>();
    volatile @Nullable Instant lastSeen;
  }

  /**
   * Takes note of telemetry that has been committed; a late measurement does not displace a newer
   * one.
   */
  public void committed(Telemetry telemetry) {
    State state = devices.computeIfAbsent(telemetry.device(), d -> new State());
    for (Measurement measurement : telemetry.measurements()) {
      state.metrics.merge(
          measurement.metric(), measurement, (old, now) -> now.ts().isBefore(old.ts()) ? old : now);
    }
    state.lastSeen = Instant.now();
    readings.add(telemetry.measurements().size());
    byTenant
        .computeIfAbsent(telemetry.tenant(), t -> new LongAdder())
        .add(telemetry.measurements().size());
  }

  /** Fills in what the store knew before this process; newer values already here stay. */
  void recall(String device, Measurement measurement, Instant seen) {
    State state = devices.computeIfAbsent(device, d -> new State());
    state.metrics.merge(
        measurement.metric(), measurement, (old, now) -> now.ts().isBefore(old.ts()) ? old : now);
    Instant before = state.lastSeen;
    if (before == null || before.isBefore(seen)) {
      state.lastSeen = seen;
    }
  }

  /** What was said before is known better now: newest values of the same moment are replaced. */
  public void corrected(Telemetry telemetry) {
    State state = devices.get(telemetry.device());
    if (state != null) {
      for (Measurement measurement : telemetry.measurements()) {
        state.metrics.merge(
            measurement.metric(),
            measurement,
            (old, now) -> now.ts().isBefore(old.ts()) ? old : now);
      }
    }
  }

  /** A value is said no more; an older one is known again after the next start. */
  public void withdrawn(String device, String metric, Instant ts) {
    State state = devices.get(device);
    if (state != null) {
      state.metrics.computeIfPresent(metric, (key, now) -> now.ts().equals(ts) ? null : now);
    }
  }

  /** Newest measurement by metric; empty for a device that never spoke. */
  public Map<String, Measurement> of(String device) {
    State state = devices.get(device);
    return state == null ? Map.of() : Map.copyOf(state.metrics);
  }

  /** When the device's last message was committed, or null when it never spoke. */
  public @Nullable Instant lastSeen(String device) {
    State state = devices.get(device);
    return state == null ? null : state.lastSeen;
  }

  /** Measurements of all tenants committed by this process since it started. */
  public long totalReadings() {
    return readings.sum();
  }

  /** Measurements of one tenant committed by this process since it started. */
  public long readings(String tenant) {
    LongAdder own = byTenant.get(tenant);
    return own == null ? 0 : own.sum();
  }
}
