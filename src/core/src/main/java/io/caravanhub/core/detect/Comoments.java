package io.caravanhub.core.detect;

/**
 * Means, variances and covariances of several numbers seen together, of a window or forgetting with
 * a half-life.
 */
final class Comoments {
  private final double weight;
  private final int windowSize;
  private final double[][] window;
  private final double[] mean;
  private final double[][] covariance;
  private long count;

  private Comoments(int size, double weight, int windowSize) {
    this.weight = weight;
    this.windowSize = windowSize;
    this.window = new double[windowSize][size];
    this.mean = new double[size];
    this.covariance = new double[size][size];
  }

  static Comoments forgetting(int size, double halfLife) {
    return new Comoments(size, 1 - Math.pow(0.5, 1 / halfLife), 0);
  }

  static Comoments window(int size, int readings) {
    return new Comoments(size, 0, readings);
  }

  void add(double[] values) {
    count++;
    if (windowSize > 0) {
      window[(int) (count % windowSize)] = values.clone();
      refresh();
      return;
    }
    double share = Math.max(weight, 1.0 / count);
    double[] off = new double[mean.length];
    for (int i = 0; i < mean.length; i++) {
      off[i] = values[i] - mean[i];
      mean[i] += share * off[i];
    }
    for (int i = 0; i < mean.length; i++) {
      for (int j = 0; j < mean.length; j++) {
        covariance[i][j] = (1 - share) * (covariance[i][j] + share * off[i] * off[j]);
      }
    }
  }

  private void refresh() {
    int rows = (int) Math.min(count, windowSize);
    for (int i = 0; i < mean.length; i++) {
      double sum = 0;
      for (int row = 0; row < rows; row++) {
        sum += at(row)[i];
      }
      mean[i] = sum / rows;
    }
    for (int i = 0; i < mean.length; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = 0;
        for (int row = 0; row < rows; row++) {
          sum += (at(row)[i] - mean[i]) * (at(row)[j] - mean[j]);
        }
        covariance[i][j] = sum / rows;
        covariance[j][i] = covariance[i][j];
      }
    }
  }

  private double[] at(int row) {
    return window[(int) (Math.floorMod(count - row, (long) windowSize))];
  }

  /** Of two metrics; 0 when one of them does not move. */
  double correlation(int i, int j) {
    double scale = Math.sqrt(covariance[i][i] * covariance[j][j]);
    return scale <= 1e-12 * (1e-12 + Math.abs(mean[i] * mean[j])) ? 0 : covariance[i][j] / scale;
  }

  /** What the straight line through both says of one when the other is known. */
  double fitted(int of, int from, double value) {
    return covariance[from][from] <= 0
        ? mean[of]
        : mean[of] + covariance[of][from] / covariance[from][from] * (value - mean[from]);
  }

  /** The deviation from that line. */
  double rest(int of, int from) {
    double r = correlation(of, from);
    return Math.sqrt(Math.max(0, covariance[of][of] * (1 - r * r)));
  }
}
