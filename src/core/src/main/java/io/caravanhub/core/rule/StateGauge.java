package io.caravanhub.core.rule;

/** Whether the latest reading is what is wanted. */
final class StateGauge extends LatestGauge {
  private final Sight sight;

  StateGauge(Channel channel, long fresh, Sight sight) {
    super(channel, fresh);
    this.sight = sight;
  }

  @Override
  double read(Moment now) {
    return channel.isFresh(now.time, fresh)
        ? sight.see(channel.series.latest(), channel.series.text())
        : Double.NaN;
  }
}
