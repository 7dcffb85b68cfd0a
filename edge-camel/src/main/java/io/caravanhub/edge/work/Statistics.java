package io.caravanhub.edge.work;

import io.caravanhub.core.telemetry.Quality;
import io.caravanhub.core.work.Aggregate;

/** Count, mean, least, greatest and last of some numbers. Not thread-safe. */
final class Statistics {
  private long count;
  private double mean;
  private double min;
  private double max;
  private double last;
  private Quality quality = Quality.GOOD;

  void add(double value, Quality of) {
    count++;
    // The running mean, which does not lose small numbers beside a great sum.
    mean += (value - mean) / count;
    min = count == 1 ? value : Math.min(min, value);
    max = count == 1 ? value : Math.max(max, value);
    last = value;
    quality = of.compareTo(quality) > 0 ? of : quality;
  }

  /** Takes up statistics that were kept elsewhere. */
  void resume(long readings, double[] meanMinMaxLast, Quality of) {
    count = readings;
    mean = meanMinMaxLast[0];
    min = meanMinMaxLast[1];
    max = meanMinMaxLast[2];
    last = meanMinMaxLast[3];
    quality = of;
  }

  void clear() {
    count = 0;
    mean = 0;
    quality = Quality.GOOD;
  }

  long count() {
    return count;
  }

  /** The worst of what is in them. */
  Quality quality() {
    return quality;
  }

  double get(Aggregate.Statistic statistic) {
    return switch (statistic) {
      // Rounding may take a mean of equal numbers a last digit beyond them.
      case MEAN -> Math.max(min, Math.min(max, mean));
      case MIN -> min;
      case MAX -> max;
      case LAST -> last;
      case COUNT -> count;
    };
  }
}
