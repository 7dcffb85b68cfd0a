package io.caravanhub.edge.work;

import io.caravanhub.core.telemetry.Quality;
import io.caravanhub.core.work.Aggregate;
import org.jspecify.annotations.Nullable;

/** What the open window of one metric came to so far, as it is kept on disk. */
record KeptSeries(
    String metric,
    @Nullable String unit,
    Quality quality,
    long count,
    double mean,
    double min,
    double max,
    double last) {

  static KeptSeries of(Series series) {
    Statistics now = series.statistics();
    return new KeptSeries(
        series.metric(),
        series.unit(),
        now.quality(),
        now.count(),
        now.get(Aggregate.Statistic.MEAN),
        now.get(Aggregate.Statistic.MIN),
        now.get(Aggregate.Statistic.MAX),
        now.get(Aggregate.Statistic.LAST));
  }

  /** In the order of the statistics. */
  double[] values() {
    return new double[] {mean, min, max, last, count};
  }

  void into(Series series) {
    series.unit(unit);
    series.statistics().resume(count, new double[] {mean, min, max, last}, quality);
  }
}
