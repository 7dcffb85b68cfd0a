package io.caravanhub.hub.telemetry;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A catalogue's metrics with other limits for some of them.
 *
 * @param limits by the metric's key
 */
record LimitedMetrics(Metrics catalog, Map<String, Limits> limits) implements Metrics {

  @Override
  public Metric findOrAdd(String tenant, String key, boolean textual, @Nullable String unit) {
    Metric metric = catalog.findOrAdd(tenant, key, textual, unit);
    Limits own = limits.get(key);
    return own == null
        ? metric
        : new Metric(metric.id(), metric.key(), metric.textual(), metric.unit(), own);
  }

  @Override
  public Map<String, Limits> timed(String tenant) {
    return catalog.timed(tenant);
  }
}
