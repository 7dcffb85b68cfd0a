package io.caravanhub.hub.console;

import java.util.Arrays;

/** The rate of a growing counter over the last minute, a value a second. Thread-safe. */
final class RateHistory {
  static final int SECONDS = 60;
  private static final int SMOOTHED_OVER = 5;

  private final double[] rates = new double[SECONDS];
  private int samples;
  private long lastTotal;
  private long lastNanos;

  RateHistory(long total, long nanos) {
    this.lastTotal = total;
    this.lastNanos = nanos;
  }

  /** Takes the counter's value at a moment. */
  synchronized void sample(long total, long nanos) {
    double seconds = (nanos - lastNanos) / 1e9;
    if (seconds <= 0) {
      return;
    }
    rates[samples++ % SECONDS] = Math.max(0, total - lastTotal) / seconds;
    lastTotal = total;
    lastNanos = nanos;
  }

  /** Rate per second over the last few seconds. */
  synchronized double now() {
    int n = Math.min(samples, SMOOTHED_OVER);
    double sum = 0;
    for (int i = 1; i <= n; i++) {
      sum += rates[(samples - i) % SECONDS];
    }
    return n == 0 ? 0 : sum / n;
  }

  /** The last minute, oldest first; NaN where nothing was sampled yet. */
  synchronized double[] minute() {
    double[] minute = new double[SECONDS];
    Arrays.fill(minute, Double.NaN);
    int n = Math.min(samples, SECONDS);
    for (int i = 0; i < n; i++) {
      minute[SECONDS - n + i] = rates[(samples - n + i) % SECONDS];
    }
    return minute;
  }
}
