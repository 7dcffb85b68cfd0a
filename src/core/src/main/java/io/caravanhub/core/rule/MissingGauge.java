package io.caravanhub.core.rule;

/** How long a metric has had no good value. */
final class MissingGauge extends Gauge {
  private final Series series;

  MissingGauge(Channel channel) {
    this.series = channel.series;
  }

  @Override
  double read(Moment now) {
    return series.isEmpty()
        ? Double.NaN
        : Math.max(0, clock(now) - SilenceGauge.from(series.latestTime(), now)) / 1000.0;
  }

  /** The past is looked at by its own times: what the clock tells is told when it is asked. */
  private static long clock(Moment now) {
    return now.replay ? now.time : now.wall;
  }

  @Override
  long since(Moment now) {
    return series.latestTime();
  }

  @Override
  String unit() {
    return "s";
  }
}
