package io.caravanhub.core.detect;

/** The last numbers, with their mean and deviation. */
final class Window {
  private final double[] values;
  private int count;
  private int next;
  private double sum;

  Window(int size) {
    this.values = new double[size];
  }

  void add(double value) {
    if (count == values.length) {
      sum -= values[next];
    } else {
      count++;
    }
    values[next] = value;
    sum += value;
    next = (next + 1) % values.length;
    if (next == 0) {
      sum = total();
    }
  }

  boolean isFull() {
    return count == values.length;
  }

  int count() {
    return count;
  }

  double mean() {
    return sum / count;
  }

  /** Of the population: divided by n. */
  double deviation() {
    double mean = mean();
    double squares = 0;
    for (int i = 0; i < count; i++) {
      squares += (values[i] - mean) * (values[i] - mean);
    }
    return Math.sqrt(squares / count);
  }

  double max() {
    double max = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < count; i++) {
      max = Math.max(max, values[i]);
    }
    return max;
  }

  double min() {
    double min = Double.POSITIVE_INFINITY;
    for (int i = 0; i < count; i++) {
      min = Math.min(min, values[i]);
    }
    return min;
  }

  /** The newest is 0, the one before it 1. */
  double back(int steps) {
    return values[Math.floorMod(next - 1 - steps, values.length)];
  }

  // Summed anew once a round, or the rounding of additions and subtractions piles up.
  private double total() {
    double total = 0;
    for (int i = 0; i < count; i++) {
      total += values[i];
    }
    return total;
  }
}
