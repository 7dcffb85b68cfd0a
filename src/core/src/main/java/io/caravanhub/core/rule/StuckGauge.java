package io.caravanhub.core.rule;

/** How long a value has not moved. */
final class StuckGauge extends Gauge {
  private final Channel channel;
  private final long fresh;
  private final Series series;

  StuckGauge(Channel channel, long fresh) {
    this.channel = channel;
    this.fresh = fresh;
    this.series = channel.series;
  }

  @Override
  double read(Moment now) {
    return channel.isFresh(now.time, fresh) ? series.stuckSeconds() : Double.NaN;
  }

  @Override
  long since(Moment now) {
    return series.changedAt();
  }

  @Override
  void assumeSince(long time) {
    series.stuckSince(time);
  }

  @Override
  String unit() {
    return "s";
  }
}
