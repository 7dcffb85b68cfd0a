package io.caravanhub.core.rule;

import io.caravanhub.core.metric.CanonicalMetrics;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which metrics a rule may name, and in which unit their values are. */
public interface KnownMetrics {
  /** Every name, of no known unit: what was checked when it was saved. */
  KnownMetrics ANY = metric -> Optional.of(new Known(null, true, true));

  /** Those of the catalogue, and numbered channels of them. */
  KnownMetrics CATALOGUE =
      metric ->
          CanonicalMetrics.resolve(metric)
              .map(known -> new Known(known.unit(), !known.isText(), known.isText()));

  /**
   * @param unit UCUM code, or null
   * @param number whether values may be numbers
   * @param text whether they may be texts
   */
  record Known(@Nullable String unit, boolean number, boolean text) {}

  /** The metric, unless nobody knows it. */
  Optional<Known> find(String metric);

  /** These as well. */
  default KnownMetrics and(Map<String, Known> own) {
    return metric -> {
      Known declared = own.get(metric);
      return declared == null ? find(metric) : Optional.of(declared);
    };
  }
}
