package io.caravanhub.core.rule;

import org.jspecify.annotations.Nullable;

/** The latest value of a metric, as long as it is fresh. */
class LatestGauge extends Gauge {
  final Channel channel;
  final long fresh;

  LatestGauge(Channel channel, long fresh) {
    this.channel = channel;
    this.fresh = fresh;
  }

  @Override
  double read(Moment now) {
    return channel.isFresh(now.time, fresh) ? channel.series.latest() : Double.NaN;
  }

  @Override
  @Nullable String unit() {
    return channel.series.unit();
  }
}
