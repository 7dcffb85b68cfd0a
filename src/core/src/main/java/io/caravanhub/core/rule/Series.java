package io.caravanhub.core.rule;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The recent values of one metric of one device, in order of their time: a buffer that reaches back
 * as far as its horizon, thinned so that it holds {@value #FINE} steps at most. Not thread-safe.
 */
final class Series {
  private static final int FINE = 4096;

  private final long horizon;
  private final long step;
  private long[] times = new long[8];
  private double[] values = new double[8];
  private int start;
  private int end;
  private long changedAt;
  private int same;
  private @Nullable String text;
  private @Nullable String unit;

  Series(long horizon) {
    this.horizon = horizon;
    this.step = horizon / FINE;
  }

  boolean isEmpty() {
    return start == end;
  }

  long latestTime() {
    return isEmpty() ? Long.MIN_VALUE : times[end - 1];
  }

  double latest() {
    return isEmpty() ? Double.NaN : values[end - 1];
  }

  @Nullable String text() {
    return text;
  }

  @Nullable String unit() {
    return unit;
  }

  /** Takes the value; false when it is late or known already, which moves nothing forward. */
  boolean add(long time, double value, @Nullable String newText, @Nullable String newUnit) {
    if (time <= latestTime()) {
      insert(time, value);
      return false;
    }
    boolean moved = !isEmpty() && Double.compare(values[end - 1], value) != 0;
    if (moved || isEmpty() && same == 0) {
      changedAt = time;
      same = 1;
    } else {
      same++;
    }
    text = newText;
    unit = newUnit;
    if (end - start >= 2 && time - times[end - 2] < step) {
      end--;
    }
    makeRoom();
    times[end] = time;
    values[end++] = value;
    while (start + 1 < end && times[start + 1] <= time - horizon) {
      start++;
    }
    return true;
  }

  /** The change over the window that ends now, or NaN while the window is not covered. */
  double change(long window) {
    int base = atOrBefore(latestTime() - window);
    if (base < start) {
      return Double.NaN;
    }
    long span = latestTime() - times[base];
    return span > 2 * window ? Double.NaN : (values[end - 1] - values[base]) * window / span;
  }

  /** Seconds that the value has not moved; 0 below five readings, which prove nothing. */
  double stuckSeconds() {
    return Double.isNaN(latest()) ? Double.NaN : same < 5 ? 0 : (latestTime() - changedAt) / 1000.0;
  }

  /** What will be added first has not moved since then, as an open event tells. */
  void stuckSince(long time) {
    changedAt = time;
    same = 5;
  }

  long changedAt() {
    return changedAt;
  }

  /** The time of the first value after the given time, or the latest when there is none. */
  long nextAfter(long time) {
    int index = atOrBefore(time) + 1;
    return index < end ? times[index] : latestTime();
  }

  /** The value that held then, not older than {@code fresh} at that time; NaN when unknown. */
  double at(long time, long fresh) {
    int index = atOrBefore(time);
    return index < start || time - times[index] > fresh ? Double.NaN : values[index];
  }

  private void insert(long time, double value) {
    int before = atOrBefore(time);
    if (before < start || time - times[before] <= step) {
      return;
    }
    if (time >= changedAt && Double.compare(value, values[end - 1]) != 0) {
      changedAt = nextAfter(time);
      same = end - 1 - before;
    }
    makeRoom();
    int at = atOrBefore(time) + 1;
    System.arraycopy(times, at, times, at + 1, end - at);
    System.arraycopy(values, at, values, at + 1, end - at);
    times[at] = time;
    values[at] = value;
    end++;
  }

  private int atOrBefore(long time) {
    int found = Arrays.binarySearch(times, start, end, time);
    return found >= 0 ? found : -found - 2;
  }

  private void makeRoom() {
    if (end < times.length) {
      return;
    }
    int size = end - start;
    int capacity = size * 2 > times.length ? times.length * 2 : times.length;
    long[] newTimes = new long[capacity];
    double[] newValues = new double[capacity];
    System.arraycopy(times, start, newTimes, 0, size);
    System.arraycopy(values, start, newValues, 0, size);
    times = newTimes;
    values = newValues;
    start = 0;
    end = size;
  }
}
