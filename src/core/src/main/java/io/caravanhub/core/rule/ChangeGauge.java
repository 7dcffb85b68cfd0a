package io.caravanhub.core.rule;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The change of a value over its window, or the rate of it. */
final class ChangeGauge extends LatestGauge {
  private final long window;
  private final Series series;
  private final double scale;
  private final @Nullable Duration per;

  ChangeGauge(Channel channel, long fresh, Amount.Change change) {
    super(channel, fresh);
    this.window = change.window().toMillis();
    this.series = channel.lasting(window);
    this.per = change.per();
    this.scale = per == null ? 1 : (double) per.toMillis() / window;
  }

  @Override
  double read(Moment now) {
    return channel.isFresh(now.time, fresh) ? series.change(window) * scale : Double.NaN;
  }

  @Override
  @Nullable String unit() {
    String unit = super.unit();
    return unit == null || per == null ? unit : unit + Rates.suffix(per);
  }
}
