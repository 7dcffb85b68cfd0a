package io.caravanhub.core.rule;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How much of a window, or how often in it, a metric was in a state. */
final class TimelineGauge extends Gauge {
  private final Channel channel;
  private final long fresh;
  private final Sight sight;
  private final StateTimeline timeline;
  private final boolean share;

  TimelineGauge(Channel channel, long fresh, Sight sight, Duration window, boolean share) {
    this.channel = channel;
    this.fresh = fresh;
    this.sight = sight;
    this.timeline = new StateTimeline(window.toMillis());
    this.share = share;
  }

  @Override
  void take(int metric, long time, double value, @Nullable String text) {
    timeline.add(time, sight.see(value, text));
  }

  @Override
  double read(Moment now) {
    if (!channel.isFresh(now.time, fresh)) {
      return Double.NaN;
    }
    return share ? timeline.share() : timeline.count(now.time);
  }

  @Override
  @Nullable String unit() {
    return share ? "%" : null;
  }
}
