package io.caravanhub.hub.telemetry;

import io.caravanhub.core.telemetry.Measurement;
import io.caravanhub.core.telemetry.Telemetry;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.StampedLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The newest committed measurement of every metric of every device, in memory. What one message
 * brings for several devices is seen together. Thread-safe.
 */
@Component
public class LatestValues {
  private final Map<String, State> devices = new ConcurrentHashMap<>();

  /** Written for messages of several devices alone; whoever reads meanwhile reads again. */
  private final StampedLock together = new StampedLock();

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

  /** Takes note of one commit's messages; of several devices, readers see all or nothing. */
  public void committed(List<Telemetry> messages) {
    if (messages.size() == 1) {
      committed(messages.get(0));
      return;
    }
    long stamp = together.writeLock();
    try {
      messages.forEach(this::committed);
    } finally {
      together.unlockWrite(stamp);
    }
  }

  /** The device has spoken, though it had nothing to say of itself. */
  public void seen(String device) {
    devices.computeIfAbsent(device, d -> new State()).lastSeen = Instant.now();
  }

  /**
   * Fills in what the store knew before this process, or has from another; newer values already
   * here stay.
   *
   * @return whether an older value of the metric was known
   */
  boolean recall(String device, Measurement measurement, Instant seen) {
    State state = devices.computeIfAbsent(device, d -> new State());
    boolean[] older = new boolean[1];
    state.metrics.merge(
        measurement.metric(),
        measurement,
        (old, now) -> {
          older[0] = old.ts().isBefore(now.ts());
          return now.ts().isBefore(old.ts()) ? old : now;
        });
    Instant before = state.lastSeen;
    if (before == null || before.isBefore(seen)) {
      state.lastSeen = seen;
    }
    return older[0];
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
    return consistent(() -> newest(device));
  }

  /** Newest measurements by metric of several devices, as of one moment. */
  public Map<String, Map<String, Measurement>> of(Collection<String> several) {
    return consistent(
        () -> {
          Map<String, Map<String, Measurement>> all = new LinkedHashMap<>();
          several.forEach(device -> all.put(device, newest(device)));
          return all;
        });
  }

  private Map<String, Measurement> newest(String device) {
    State state = devices.get(device);
    return state == null ? Map.of() : Map.copyOf(state.metrics);
  }

  private <T> T consistent(Supplier<T> read) {
    long stamp = together.tryOptimisticRead();
    if (stamp != 0) {
      T found = read.get();
      if (together.validate(stamp)) {
        return found;
      }
    }
    long held = together.readLock();
    try {
      return read.get();
    } finally {
      together.unlockRead(held);
    }
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

  /** Devices that have spoken after this moment. */
  public long speaking(Instant after) {
    long count = 0;
    for (State state : devices.values()) {
      Instant seen = state.lastSeen;
      count += seen != null && seen.isAfter(after) ? 1 : 0;
    }
    return count;
  }

  /** As {@link #readings}, of every tenant that had any. */
  public Map<String, Long> readingsByTenant() {
    Map<String, Long> all = new HashMap<>();
    byTenant.forEach((tenant, readings) -> all.put(tenant, readings.sum()));
    return all;
  }

  /** Measurements of one tenant committed by this process since it started. */
  public long readings(String tenant) {
    LongAdder own = byTenant.get(tenant);
    return own == null ? 0 : own.sum();
  }
}
