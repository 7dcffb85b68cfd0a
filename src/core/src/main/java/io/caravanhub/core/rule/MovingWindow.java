package io.caravanhub.core.rule;

import java.util.Arrays;

/**
 * The readings of the last while with their statistics, kept up as readings come and go. Readings
 * nearer than a {@value #FINE}th of the window share a step, which keeps their number, mean, spread
 * and extremes: a reading costs a few additions, or a shift within a sorted array where an order is
 * asked for, and none is dropped. Not thread-safe.
 */
final class MovingWindow {
  private static final int FINE = 4096;

  private final long window;
  private final long step;
  private final boolean ordered;
  private long[] firsts = new long[16];
  private long[] lasts = new long[16];
  private int[] counts = new int[16];
  private double[] means = new double[16];
  private double[] spreads = new double[16];
  private double[] mins;
  private double[] maxs;
  private int start;
  private int end;

  /** The extremes of the steps in order; one array as long as no step has two readings. */
  private SortedNumbers low = new SortedNumbers();

  private SortedNumbers high = low;
  private long since = Long.MAX_VALUE;
  private long newest = Long.MIN_VALUE;
  private long count;
  private double base;
  private double sum;
  private double squares;
  private int removed;

  MovingWindow(long window, boolean ordered) {
    this.window = window;
    this.step = window / FINE;
    this.ordered = ordered;
    this.mins = new double[ordered ? 16 : 0];
    this.maxs = new double[ordered ? 16 : 0];
  }

  /** Takes a reading; one that is late goes where it belongs, one that is known changes nothing. */
  void add(long time, double value) {
    if (Double.isNaN(value)) {
      return;
    }
    if (end > start && time <= newest) {
      late(time, value);
      return;
    }
    if (end > start && time - newest > window) {
      clear();
    }
    since = Math.min(since, time);
    newest = time;
    while (start < end && lasts[start] <= time - window) {
      drop();
    }
    if (start < end && time - firsts[end - 1] < step) {
      merge(end - 1, time, value);
    } else {
      insert(end, time, value);
    }
  }

  private void late(long time, double value) {
    if (time <= newest - window) {
      return;
    }
    int found = Arrays.binarySearch(firsts, start, end, time);
    int before = found >= 0 ? found : -found - 2;
    // Within a step nobody can tell a repeated reading from one that is new.
    if (before >= start && time <= lasts[before]) {
      return;
    }
    since = Math.min(since, time);
    if (before >= start && time - firsts[before] < step) {
      merge(before, time, value);
    } else {
      insert(before + 1, time, value);
    }
  }

  private void clear() {
    start = 0;
    end = 0;
    count = 0;
    sum = 0;
    squares = 0;
    removed = 0;
    since = Long.MAX_VALUE;
    low.clear();
    high.clear();
  }

  /** NaN until the window is covered. */
  double of(Statistic statistic) {
    if (count == 0 || newest - since < window) {
      return Double.NaN;
    }
    return switch (statistic.kind()) {
      case MEAN -> base + sum / count;
      case SUM -> base * count + sum;
      case STDDEV ->
          count < 2
              ? Double.NaN
              : Math.sqrt(Math.max(0, (squares - sum * sum / count) / (count - 1)));
      case MIN -> low.least();
      case MAX -> high.greatest();
      case RANGE -> high.greatest() - low.least();
      case PERCENTILE ->
          low == high
              ? low.percentile(statistic.percent())
              : (low.percentile(statistic.percent()) + high.percentile(statistic.percent())) / 2;
    };
  }

  private void insert(int at, long time, double value) {
    if (end == firsts.length) {
      int moved = start;
      makeRoom();
      at -= moved;
    }
    if (at < end) {
      System.arraycopy(firsts, at, firsts, at + 1, end - at);
      System.arraycopy(lasts, at, lasts, at + 1, end - at);
      System.arraycopy(counts, at, counts, at + 1, end - at);
      System.arraycopy(means, at, means, at + 1, end - at);
      System.arraycopy(spreads, at, spreads, at + 1, end - at);
      if (ordered) {
        System.arraycopy(mins, at, mins, at + 1, end - at);
        System.arraycopy(maxs, at, maxs, at + 1, end - at);
      }
    }
    if (count == 0) {
      base = value;
      sum = 0;
      squares = 0;
    }
    firsts[at] = time;
    lasts[at] = time;
    counts[at] = 1;
    means[at] = value;
    spreads[at] = 0;
    end++;
    if (ordered) {
      mins[at] = value;
      maxs[at] = value;
      low.add(value);
      if (high != low) {
        high.add(value);
      }
    }
    count(value);
  }

  private void merge(int at, long time, double value) {
    lasts[at] = Math.max(lasts[at], time);
    counts[at]++;
    double off = value - means[at];
    means[at] += off / counts[at];
    spreads[at] += off * (value - means[at]);
    if (ordered && (value < mins[at] || value > maxs[at])) {
      if (high == low) {
        high = low.copy();
      }
      if (value < mins[at]) {
        low.remove(mins[at]);
        low.add(value);
        mins[at] = value;
      } else {
        high.remove(maxs[at]);
        high.add(value);
        maxs[at] = value;
      }
    }
    count(value);
  }

  private void count(double value) {
    count++;
    sum += value - base;
    squares += (value - base) * (value - base);
  }

  /** Counts the oldest step out. */
  private void drop() {
    int gone = start++;
    double off = means[gone] - base;
    count -= counts[gone];
    sum -= counts[gone] * off;
    squares -= spreads[gone] + counts[gone] * off * off;
    if (ordered) {
      low.remove(mins[gone]);
      if (high != low) {
        high.remove(maxs[gone]);
      }
    }
    if (++removed > FINE) {
      recount();
    }
  }

  /** Sums that are added to and taken from drift by rounding. */
  private void recount() {
    removed = 0;
    base = end > start ? means[start] : 0;
    sum = 0;
    squares = 0;
    for (int i = start; i < end; i++) {
      double off = means[i] - base;
      sum += counts[i] * off;
      squares += spreads[i] + counts[i] * off * off;
    }
  }

  /** Moves the steps to the front of arrays that are large enough. */
  private void makeRoom() {
    int size = end - start;
    int capacity = size * 2 > firsts.length ? firsts.length * 2 : firsts.length;
    firsts = moved(firsts, capacity);
    lasts = moved(lasts, capacity);
    int[] newCounts = new int[capacity];
    System.arraycopy(counts, start, newCounts, 0, size);
    counts = newCounts;
    means = moved(means, capacity);
    spreads = moved(spreads, capacity);
    if (ordered) {
      mins = moved(mins, capacity);
      maxs = moved(maxs, capacity);
    }
    start = 0;
    end = size;
  }

  private long[] moved(long[] from, int capacity) {
    long[] to = new long[capacity];
    System.arraycopy(from, start, to, 0, end - start);
    return to;
  }

  private double[] moved(double[] from, int capacity) {
    double[] to = new double[capacity];
    System.arraycopy(from, start, to, 0, end - start);
    return to;
  }
}
