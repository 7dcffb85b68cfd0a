package io.caravanhub.core.rule;

/** A statistic of the readings of a window. */
final class MovingGauge extends LatestGauge {
  private final Statistic statistic;
  private final MovingWindow window;

  MovingGauge(Channel channel, long fresh, Amount.Moving moving) {
    super(channel, fresh);
    this.statistic = moving.statistic();
    this.window = channel.window(moving.window().toMillis(), statistic.needsOrder());
  }

  @Override
  double read(Moment now) {
    return channel.isFresh(now.time, fresh) ? window.of(statistic) : Double.NaN;
  }
}
