package io.caravanhub.edge.work;

import io.caravanhub.core.detect.Baseline;
import io.caravanhub.core.telemetry.Quality;
import io.caravanhub.core.work.Burst;
import io.caravanhub.core.work.Deadband;
import io.caravanhub.core.work.WorkRule;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What is known of one metric of one device, and what is done with its next reading. */
final class Series {
  private final String metric;
  private final @Nullable WorkRule rule;
  private final @Nullable Deadband deadband;
  private final @Nullable Window window;
  private final Statistics statistics = new Statistics();
  private final @Nullable Baseline usual;
  private boolean seen;
  private boolean told;
  private boolean changed;
  private boolean requalified;
  private boolean beyond;
  private Quality quality = Quality.GOOD;
  private @Nullable String reason;
  private @Nullable String unit;
  private double value;
  private @Nullable String text;
  private long sentAt;

  /**
   * A series without a reading yet.
   *
   * @param window where its numbers go when its rule aggregates them
   */
  Series(String metric, @Nullable WorkRule rule, @Nullable Window window) {
    this.metric = metric;
    this.rule = rule;
    this.window = window;
    this.deadband = rule == null || rule.deadband() == null ? null : rule.deadband().of(metric);
    this.usual =
        rule == null || rule.burst() == null || rule.burst().deviations() == 0
            ? null
            : new Baseline(0);
  }

  String metric() {
    return metric;
  }

  @Nullable String unit() {
    return unit;
  }

  @Nullable String reason() {
    return reason;
  }

  Statistics statistics() {
    return statistics;
  }

  @Nullable Window window() {
    return window;
  }

  @Nullable WorkRule rule() {
    return rule;
  }

  /** Takes up a unit that was kept elsewhere. */
  void unit(@Nullable String of) {
    unit = of;
  }

  /** The next reading passes whatever its value: the last one may not have arrived. */
  void forget() {
    told = false;
  }

  /**
   * Takes a reading in.
   *
   * @param windowed whether a number may go into a window
   * @return why it goes no further, or null when it does
   */
  @Nullable Swallowed take(CanonicalMessage message, int i, boolean windowed) {
    if (rule == null) {
      return null;
    }
    Quality nextQuality = message.quality(i);
    requalified = seen && nextQuality != quality;
    seen = true;
    changed =
        !told
            || nextQuality != quality
            || !Objects.equals(message.reason(i), reason)
            || !Objects.equals(message.unit(i), unit);
    quality = nextQuality;
    reason = message.reason(i);
    unit = message.unit(i);
    if (rule.drop()) {
      return Swallowed.FILTERED;
    }
    Swallowed swallowed = judge(message, i, windowed);
    if (swallowed == null) {
      told = true;
      value = message.number(i);
      text = message.text(i);
      sentAt = message.at();
    }
    return swallowed;
  }

  private @Nullable Swallowed judge(CanonicalMessage message, int i, boolean windowed) {
    double number = message.number(i);
    if (quality == Quality.BAD) {
      return changed || due(message.at(), badEvery()) ? null : Swallowed.BAD_REPEATED;
    }
    if (Double.isNaN(number)) {
      boolean same = !changed && Objects.equals(message.text(i), text);
      return !same || due(message.at(), unchangedEvery()) ? null : Swallowed.DEADBAND;
    }
    if (window != null && windowed) {
      statistics.add(number, quality);
      window.took(message.at());
      return changed ? null : Swallowed.AGGREGATED;
    }
    if (deadband == null
        || changed
        || Math.abs(number - value) > deadband.width(value)
        || due(message.at(), deadband.heartbeat().toNanos() / 1_000)) {
      return null;
    }
    return Swallowed.DEADBAND;
  }

  // Also when the clock was set back behind what was sent.
  private boolean due(long at, long every) {
    return at - sentAt >= every || at < sentAt;
  }

  private long badEvery() {
    return rule != null && rule.badEvery() != null
        ? rule.badEvery().toNanos() / 1_000
        : unchangedEvery();
  }

  private long unchangedEvery() {
    if (deadband != null) {
      return deadband.heartbeat().toNanos() / 1_000;
    }
    return window == null ? 0 : window.length();
  }

  /** Whether the reading just taken sets off a burst. */
  boolean unusual(CanonicalMessage message, int i) {
    Burst burst = rule == null ? null : rule.burst();
    if (burst == null) {
      return false;
    }
    double number = message.number(i);
    if (quality == Quality.BAD || Double.isNaN(number)) {
      return burst.quality() && requalified;
    }
    boolean was = beyond;
    beyond = number > burst.above() || number < burst.below();
    boolean far = beyond && !was || burst.quality() && requalified;
    if (usual != null) {
      far |=
          usual.isReady()
              && Math.abs(number - usual.mean()) > burst.deviations() * usual.deviation();
      usual.learn(number);
    }
    return far;
  }
}
