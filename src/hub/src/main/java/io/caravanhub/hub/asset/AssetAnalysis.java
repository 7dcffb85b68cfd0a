package io.caravanhub.hub.asset;

import io.caravanhub.core.mapping.MappingException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a definition makes of an asset at one moment: the same for the pipeline and for a trial.
 *
 * @param values of derived metrics, in order; those without a value are left out
 * @param health or null when it is not defined or nothing that it asks for is known
 * @param healthAt when the newest value was measured that health was judged by
 */
record AssetAnalysis(List<Value> values, @Nullable Health health, @Nullable Instant healthAt) {

  /** A derived value. */
  record Value(DerivedMetric metric, Object value, Instant ts) {}

  /** Who is told of formulas that fail. */
  interface Failures {
    /** Whether a formula is left alone now. */
    boolean isPaused(String formula);

    /** A formula failed, after this time. */
    void failed(String formula, MappingException failure, Duration took);
  }

  /** Calculates; the moment then holds the derived values too. */
  static AssetAnalysis of(
      AssetDefinition definition,
      AssetMoment moment,
      List<OpenEvent> events,
      Instant now,
      Failures failures) {
    List<Value> values = new ArrayList<>();
    for (DerivedMetric derived : definition.derived()) {
      Value value = moment.isEmpty() ? null : value(derived, moment, failures);
      if (value != null) {
        values.add(value);
        moment.put(derived.metric(), value.value(), value.ts());
      }
    }
    HealthAlgorithm algorithm = definition.health();
    if (algorithm == null) {
      return new AssetAnalysis(values, null, null);
    }
    HealthCase asset = new HealthCase(moment, events, now, failures);
    Health health = algorithm.judge(asset);
    return new AssetAnalysis(
        values, health, health == null ? null : moment.newest(algorithm.metrics(moment)));
  }

  private static @Nullable Value value(
      DerivedMetric derived, AssetMoment moment, Failures failures) {
    if (failures.isPaused(derived.metric())) {
      return null;
    }
    long start = System.nanoTime();
    try {
      Object value = moment.value(derived.formula());
      return value == null
          ? null
          : new Value(derived, value, Objects.requireNonNull(moment.time(derived.formula())));
    } catch (MappingException e) {
      failures.failed(derived.metric(), e, Duration.ofNanos(System.nanoTime() - start));
      return null;
    }
  }
}
