package io.caravanhub.core.rule;

import org.jspecify.annotations.Nullable;

/** Follows a value in steps of a deadband at least. */
final class BandGauge extends LatestGauge {
  private final double deadband;
  private double kept = Double.NaN;

  BandGauge(Channel channel, long fresh, double deadband) {
    super(channel, fresh);
    this.deadband = deadband;
  }

  @Override
  void take(int metric, long time, double value, @Nullable String text) {
    if (Double.isNaN(kept) || Math.abs(value - kept) >= deadband) {
      kept = value;
    }
  }

  @Override
  double read(Moment now) {
    return channel.isFresh(now.time, fresh) ? kept : Double.NaN;
  }
}
