package io.caravanhub.core.detect;

/**
 * What is usual at an hour of the day or of the week (UTC): a mean for each slot that follows its
 * last readings. A slot seen once only says nothing yet.
 */
final class HourProfile {
  private static final long HOUR = 3_600_000;

  private final double weight;
  private final double[] means;
  private final int[] counts;

  private HourProfile(int slots, double weight) {
    this.weight = weight;
    this.means = new double[slots];
    this.counts = new int[slots];
  }

  static HourProfile ofDay(double weight) {
    return new HourProfile(24, weight);
  }

  static HourProfile ofWeek(double weight) {
    return new HourProfile(168, weight);
  }

  boolean knows(long epochMillis) {
    return counts[slot(epochMillis)] >= 2;
  }

  double mean(long epochMillis) {
    return means[slot(epochMillis)];
  }

  void learn(long epochMillis, double value) {
    int slot = slot(epochMillis);
    counts[slot] = Math.min(counts[slot] + 1, 1_000_000);
    means[slot] += Math.max(weight, 1.0 / counts[slot]) * (value - means[slot]);
  }

  private int slot(long epochMillis) {
    return (int) Math.floorMod(Math.floorDiv(epochMillis, HOUR), (long) means.length);
  }
}
