package io.caravanhub.hub.asset;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is known of an asset when it is looked at: the newest good value of each metric. Not
 * thread-safe.
 */
final class AssetMoment {
  private final Map<String, Object> values = new TreeMap<>();
  private final Map<String, Instant> times = new HashMap<>();
  private final Map<String, Object> bindings = new HashMap<>();
  private @Nullable Instant newest;

  /** What formulas see as {@code $name}. */
  void bind(String name, Object value) {
    bindings.put(name, value);
  }

  /** A value that is known from now on. */
  void put(String metric, Object value, Instant ts) {
    values.put(metric, value);
    times.put(metric, ts);
    if (newest == null || ts.isAfter(newest)) {
      newest = ts;
    }
  }

  /** Drops what is older than this beside the newest value, and tells formulas the time. */
  void settle(Duration maxAge) {
    if (newest == null) {
      return;
    }
    Instant oldest = newest.minus(maxAge);
    Instant latest = newest;
    Map<String, Object> ages = new TreeMap<>();
    for (Map.Entry<String, Instant> time : List.copyOf(times.entrySet())) {
      if (time.getValue().isBefore(oldest)) {
        times.remove(time.getKey());
        values.remove(time.getKey());
      } else {
        ages.put(time.getKey(), Duration.between(time.getValue(), latest).toMillis() / 1000.0);
      }
    }
    bindings.put("at", latest.toEpochMilli());
    bindings.put("ages", ages);
  }

  boolean isEmpty() {
    return values.isEmpty();
  }

  Map<String, Object> values() {
    return values;
  }

  @Nullable Object value(String metric) {
    return values.get(metric);
  }

  /** The metric's number, or null when there is none. */
  @Nullable Double number(String metric) {
    return values.get(metric) instanceof Number number ? (Double) number.doubleValue() : null;
  }

  /** When the metric was measured, or null when nothing is known of it. */
  @Nullable Instant time(String metric) {
    return times.get(metric);
  }

  /** When the newest of all values was measured. */
  @Nullable Instant newest() {
    return newest;
  }

  /** What a formula yields now. */
  @Nullable Object value(Formula formula) {
    return formula.value(values, bindings);
  }

  /** When the newest of the values that a formula is about was measured; of all when of none. */
  @Nullable Instant time(Formula formula) {
    return newest(formula.named(values.keySet()));
  }

  /** When the newest of these was measured; of all values when none of them is known. */
  @Nullable Instant newest(Collection<String> metrics) {
    return metrics.stream()
        .map(times::get)
        .filter(java.util.Objects::nonNull)
        .max(Instant::compareTo)
        .orElse(newest);
  }
}
