package io.caravanhub.hub.asset;

import io.caravanhub.core.mapping.MappingException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One asset before its judge: what is known of it, and what has been found so far. Not thread-safe.
 */
final class HealthCase {
  private final AssetMoment moment;
  private final List<OpenEvent> events;
  private final Instant now;
  private final AssetAnalysis.Failures failures;
  private final List<HealthReason> reasons = new ArrayList<>();
  private final List<String> undecided = new ArrayList<>();

  HealthCase(
      AssetMoment moment, List<OpenEvent> events, Instant now, AssetAnalysis.Failures failures) {
    this.moment = moment;
    this.events = events;
    this.now = now;
    this.failures = failures;
  }

  AssetMoment moment() {
    return moment;
  }

  List<OpenEvent> events() {
    return events;
  }

  Instant now() {
    return now;
  }

  /** What a condition yields, or null when it fails or lacks values. */
  @Nullable Object ask(String name, Formula condition) {
    if (failures.isPaused(name)) {
      return null;
    }
    long start = System.nanoTime();
    try {
      return moment.value(condition);
    } catch (MappingException e) {
      failures.failed(name, e, Duration.ofNanos(System.nanoTime() - start));
      return null;
    }
  }

  void found(HealthReason reason) {
    if (reason.points() > 0) {
      reasons.add(reason);
    }
  }

  void undecided(String reason) {
    undecided.add(reason);
  }

  /** How many rules lacked the values they need. */
  int undecided() {
    return undecided.size();
  }

  /** What has been taken so far. */
  double taken() {
    return reasons.stream().mapToDouble(HealthReason::points).sum();
  }

  Health close(double score, Bands bands) {
    double bounded = Math.rint(Math.max(0, Math.min(100, score)) * 10) / 10;
    reasons.sort(
        Comparator.comparingDouble(HealthReason::points)
            .reversed()
            .thenComparing(HealthReason::reason));
    return new Health(bounded, bands.of(bounded), List.copyOf(reasons), List.copyOf(undecided));
  }
}
