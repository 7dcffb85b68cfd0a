package io.caravanhub.core.detect;

import java.util.List;

/**
 * Mean and inverse covariance of rows of numbers. Each variance is raised by a twentieth, which
 * keeps directions the rows hardly ever moved in from deciding everything (ridge; Hoerl and
 * Kennard, Technometrics 12(1), 1970), and has a floor for metrics that never moved.
 */
final class SpreadMatrix {
  private static final double RIDGE = 0.05;
  private static final double FLOOR = 1e-4;

  private final double[] mean;
  private final double[] deviation;
  private final double[][] inverse;

  SpreadMatrix(List<double[]> rows) {
    int size = rows.get(0).length;
    this.mean = new double[size];
    for (double[] row : rows) {
      for (int i = 0; i < size; i++) {
        mean[i] += row[i] / rows.size();
      }
    }
    double[][] covariance = new double[size][size];
    for (double[] row : rows) {
      for (int i = 0; i < size; i++) {
        for (int j = 0; j < size; j++) {
          covariance[i][j] += (row[i] - mean[i]) * (row[j] - mean[j]) / rows.size();
        }
      }
    }
    this.deviation = new double[size];
    for (int i = 0; i < size; i++) {
      double floor = FLOOR * Math.abs(mean[i]) + 1e-9;
      covariance[i][i] = covariance[i][i] * (1 + RIDGE) + floor * floor;
      deviation[i] = Math.sqrt(covariance[i][i]);
    }
    this.inverse = inverse(covariance);
  }

  double mean(int metric) {
    return mean[metric];
  }

  double deviation(int metric) {
    return deviation[metric];
  }

  /** The share of each metric in the squared distance of a row; their sum is the distance. */
  double[] shares(double[] row) {
    double[] shares = new double[mean.length];
    for (int i = 0; i < mean.length; i++) {
      double sum = 0;
      for (int j = 0; j < mean.length; j++) {
        sum += inverse[i][j] * (row[j] - mean[j]);
      }
      shares[i] = sum * (row[i] - mean[i]);
    }
    return shares;
  }

  /** Moves the mean by this part of the way to a row. */
  void follow(double[] row, double part) {
    for (int i = 0; i < mean.length; i++) {
      mean[i] += part * (row[i] - mean[i]);
    }
  }

  // Gauss-Jordan on the matrix scaled to ones in its diagonal; it is positive definite.
  private double[][] inverse(double[][] covariance) {
    int size = covariance.length;
    double[][] left = new double[size][size];
    double[][] right = new double[size][size];
    for (int i = 0; i < size; i++) {
      right[i][i] = 1;
      for (int j = 0; j < size; j++) {
        left[i][j] = covariance[i][j] / (deviation[i] * deviation[j]);
      }
    }
    for (int pivot = 0; pivot < size; pivot++) {
      double by = left[pivot][pivot];
      for (int j = 0; j < size; j++) {
        left[pivot][j] /= by;
        right[pivot][j] /= by;
      }
      for (int i = 0; i < size; i++) {
        double times = left[i][pivot];
        for (int j = 0; i != pivot && j < size; j++) {
          left[i][j] -= times * left[pivot][j];
          right[i][j] -= times * right[pivot][j];
        }
      }
    }
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < size; j++) {
        right[i][j] /= deviation[i] * deviation[j];
      }
    }
    return right;
  }
}
