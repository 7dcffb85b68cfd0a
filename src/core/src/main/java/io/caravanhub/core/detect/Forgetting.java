package io.caravanhub.core.detect;

/**
 * Mean and variance that forget with a half-life: West, "Updating mean and variance estimates",
 * CACM 22(9), 1979, with the weight 1/n until the memory is filled.
 */
final class Forgetting {
  private final double weight;
  private double mean;
  private double variance;
  private long count;

  private Forgetting(double weight) {
    this.weight = weight;
  }

  static Forgetting halfLife(double readings) {
    return new Forgetting(1 - Math.pow(0.5, 1 / readings));
  }

  static Forgetting weight(double weight) {
    return new Forgetting(weight);
  }

  void add(double value) {
    count++;
    double share = Math.max(weight, 1.0 / count);
    double off = value - mean;
    mean += share * off;
    variance = (1 - share) * (variance + share * off * off);
  }

  double mean() {
    return mean;
  }

  double deviation() {
    return Math.sqrt(variance);
  }

  long count() {
    return count;
  }
}
