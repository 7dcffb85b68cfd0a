package io.caravanhub.hub.telemetry;

import io.caravanhub.core.metric.CanonicalMetric;
import io.caravanhub.core.metric.CanonicalMetrics;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Metrics for a trial: those of a catalogue, or of the file when there is no database, and new ones
 * that nobody else gets to see. Thread-safe.
 */
final class TrialMetrics implements Metrics {
  private final @Nullable MetricCatalog catalog;
  private final Map<String, Metric> added = new ConcurrentHashMap<>();

  TrialMetrics(@Nullable MetricCatalog catalog) {
    this.catalog = catalog;
  }

  @Override
  public Metric findOrAdd(String tenant, String key, boolean textual, @Nullable String unit) {
    return known(tenant, key)
        .orElseGet(
            () ->
                added.computeIfAbsent(
                    key, k -> new Metric(0, k, textual, unit, Limits.range(null, null))));
  }

  @Override
  public Map<String, Limits> timed(String tenant) {
    return catalog == null ? Map.of() : catalog.timed(tenant);
  }

  private Optional<Metric> known(String tenant, String key) {
    return catalog == null
        ? CanonicalMetrics.resolve(key).map(metric -> metric(key, metric))
        : catalog.find(tenant, key);
  }

  private static Metric metric(String key, CanonicalMetric metric) {
    return new Metric(
        0, key, metric.isText(), metric.unit(), Limits.range(metric.min(), metric.max()));
  }
}
