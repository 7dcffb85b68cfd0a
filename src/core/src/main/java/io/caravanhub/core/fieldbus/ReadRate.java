package io.caravanhub.core.fieldbus;

import java.util.concurrent.TimeUnit;

/** Counts by the second, for a rate over the last ten whole ones. Not safe for several threads. */
final class ReadRate {
  private static final int SECONDS = 10;

  private final long[] counts = new long[SECONDS + 1];
  private final long began = now();
  private long second = began;

  void add(int count) {
    advance();
    counts[slot(second)] += count;
  }

  double perSecond() {
    advance();
    long sum = 0;
    for (int i = 0; i <= SECONDS; i++) {
      sum += i == slot(second) ? 0 : counts[i];
    }
    long whole = Math.min(Math.max(second - began, 1), SECONDS);
    return second == began ? counts[slot(second)] : sum / (double) whole;
  }

  private void advance() {
    for (long now = now(), steps = 0; second < now; second++, steps++) {
      if (steps > SECONDS) {
        second = now - 1;
      }
      counts[slot(second + 1)] = 0;
    }
  }

  private static int slot(long second) {
    return (int) Math.floorMod(second, (long) SECONDS + 1);
  }

  private static long now() {
    return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime());
  }
}
