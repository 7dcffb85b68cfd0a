package io.caravanhub.edge.work;

import java.util.Arrays;

/** The readings of one metric that a feature looks back on. Not thread-safe. */
final class FeatureWindow {
  private static final int READINGS_MAX = 4_096;

  private final ModelSettings.Input input;
  private final long over;
  private long[] times = new long[8];
  private double[] values = new double[8];
  private int first;
  private int count;

  FeatureWindow(ModelSettings.Input input) {
    this.input = input;
    this.over = input.over().toNanos() / 1_000;
  }

  String metric() {
    return input.metric();
  }

  void add(long at, double value) {
    boolean setBack = count > 0 && at < times[place(count - 1)];
    if (setBack || input.feature() == ModelSettings.Feature.LATEST) {
      count = 0;
    }
    if (count == READINGS_MAX) {
      first = place(1);
      count--;
    } else if (count == times.length) {
      grow();
    }
    times[place(count)] = at;
    values[place(count)] = value;
    count++;
    while (times[first] < at - over) {
      first = place(1);
      count--;
    }
  }

  private int place(int i) {
    return (first + i) % times.length;
  }

  private void grow() {
    long[] allTimes = Arrays.copyOf(times, 2 * times.length);
    double[] allValues = Arrays.copyOf(values, 2 * values.length);
    for (int i = 0; i < count; i++) {
      allTimes[i] = times[place(i)];
      allValues[i] = values[place(i)];
    }
    times = allTimes;
    values = allValues;
    first = 0;
  }

  /** The feature, or NaN when there is no reading young enough. */
  double get(long at) {
    if (count == 0 || times[place(count - 1)] < at - over) {
      return Double.NaN;
    }
    if (input.feature() == ModelSettings.Feature.LATEST) {
      return values[place(count - 1)];
    }
    double mean = 0;
    double squares = 0;
    double min = Double.POSITIVE_INFINITY;
    double max = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < count; i++) {
      double value = values[place(i)];
      double off = value - mean;
      mean += off / (i + 1);
      squares += off * (value - mean);
      min = Math.min(min, value);
      max = Math.max(max, value);
    }
    return switch (input.feature()) {
      case MEAN -> mean;
      case MIN -> min;
      case MAX -> max;
      default -> Math.sqrt(squares / count);
    };
  }
}
