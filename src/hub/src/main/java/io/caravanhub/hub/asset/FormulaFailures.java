package io.caravanhub.hub.asset;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The formulas that failed since the start: how often, and why last. One that took long before it
 * failed is left alone for a while, longer each time, on all assets of its definition, so that it
 * cannot take its neighbours' time. Thread-safe.
 */
@Component
class FormulaFailures {
  private static final Duration LONG = Duration.ofMillis(20);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(30);
  private static final Duration LONGEST_PAUSE = Duration.ofHours(1);
  private static final int REMEMBERED = 10_000;

  private final Map<Key, Failure> failures = new ConcurrentHashMap<>();
  private final Map<Shared, Failure> pauses = new ConcurrentHashMap<>();
  private final Counter counter;

  FormulaFailures(MeterRegistry meters) {
    this.counter = meters.counter("hub.assets.formula.failures");
  }

  private record Key(AssetKey asset, String formula) {}

  /** A formula of a version of a definition, whatever the asset. */
  private record Shared(String tenant, String definition, String formula) {}

  /**
   * What is known of a formula that failed.
   *
   * @param formula the derived metric or the reason of the deduction
   * @param count times since the start of the hub
   * @param reason why, the last time
   * @param pausedUntil when it is tried again, or null when it is at once
   */
  record Failure(
      String formula, long count, String reason, Instant at, @Nullable Instant pausedUntil) {
    Failure next(String why, Instant now, @Nullable Instant until) {
      return new Failure(formula, count + 1, why, now, until);
    }
  }

  /** Whether the formula is left alone now. */
  boolean isPaused(WatchedAsset asset, String formula, Instant now) {
    Failure failure = pauses.get(shared(asset, formula));
    Instant until = failure == null ? null : failure.pausedUntil;
    return until != null && until.isAfter(now);
  }

  void failed(WatchedAsset asset, String formula, String reason, Duration took, Instant now) {
    counter.increment();
    if (failures.size() > REMEMBERED || pauses.size() > REMEMBERED) {
      failures.clear();
      pauses.clear();
    }
    Failure none = new Failure(formula, 0, reason, now, null);
    failures.merge(
        new Key(asset.key(), formula),
        none.next(reason, now, null),
        (before, first) -> before.next(reason, now, null));
    if (took.compareTo(LONG) >= 0) {
      pauses.compute(
          shared(asset, formula),
          (key, before) -> {
            long times = before == null ? 0 : before.count;
            return (before == null ? none : before).next(reason, now, now.plus(pause(times)));
          });
    }
  }

  private static Shared shared(WatchedAsset asset, String formula) {
    return new Shared(asset.key().tenant(), asset.judgedBy(), formula);
  }

  private static Duration pause(long times) {
    Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(times, 10));
    return pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
  }

  /** The asset's definition is another: what failed under the last one is forgotten. */
  void forget(AssetKey asset) {
    failures.keySet().removeIf(key -> key.asset.equals(asset));
  }

  /** Those of an asset, and those paused on all assets of its definition; by formula. */
  List<Failure> of(WatchedAsset asset) {
    Map<String, Failure> found = new TreeMap<>();
    failures.forEach(
        (key, failure) -> {
          if (key.asset.equals(asset.key())) {
            found.put(key.formula, failure);
          }
        });
    pauses.forEach(
        (key, failure) -> {
          if (key.equals(shared(asset, key.formula))) {
            found.put(key.formula, failure);
          }
        });
    return new ArrayList<>(found.values());
  }
}
