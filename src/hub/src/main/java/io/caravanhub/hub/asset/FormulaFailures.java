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
 * failed is left alone for a while, longer each time, so that it cannot take its neighbours' time.
 * Thread-safe.
 */
@Component
class FormulaFailures {
  private static final Duration LONG = Duration.ofMillis(20);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(30);
  private static final Duration LONGEST_PAUSE = Duration.ofHours(1);
  private static final int REMEMBERED = 10_000;

  private final Map<Key, Failure> failures = new ConcurrentHashMap<>();
  private final Counter counter;

  FormulaFailures(MeterRegistry meters) {
    this.counter = meters.counter("hub.assets.formula.failures");
  }

  private record Key(AssetKey asset, String formula) {}

  /**
   * What is known of a formula that failed.
   *
   * @param formula the derived metric or the reason of the deduction
   * @param count times since the start of the hub
   * @param reason why, the last time
   * @param pausedUntil when it is tried again, or null when it is at once
   */
  record Failure(
      String asset,
      String formula,
      long count,
      String reason,
      Instant at,
      @Nullable Instant pausedUntil) {}

  /** Whether the formula is left alone now. */
  boolean isPaused(AssetKey asset, String formula, Instant now) {
    Failure failure = failures.get(new Key(asset, formula));
    Instant until = failure == null ? null : failure.pausedUntil;
    return until != null && until.isAfter(now);
  }

  void failed(AssetKey asset, String formula, String reason, Duration took, Instant now) {
    counter.increment();
    Key key = new Key(asset, formula);
    if (failures.size() > REMEMBERED) {
      failures.clear();
    }
    failures.compute(
        key,
        (k, before) -> {
          long count = before == null ? 1 : before.count + 1;
          Instant until = took.compareTo(LONG) < 0 ? null : now.plus(pause(count));
          return new Failure(asset.asset(), formula, count, reason, now, until);
        });
  }

  private static Duration pause(long count) {
    Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(count - 1, 10));
    return pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
  }

  /** The asset's definition is another: what failed under the last one is forgotten. */
  void forget(AssetKey asset) {
    failures.keySet().removeIf(key -> key.asset.equals(asset));
  }

  /** Those of an asset, by formula. */
  List<Failure> of(AssetKey asset) {
    Map<String, Failure> found = new TreeMap<>();
    failures.forEach(
        (key, failure) -> {
          if (key.asset.equals(asset)) {
            found.put(key.formula, failure);
          }
        });
    return new ArrayList<>(found.values());
  }
}
