package io.caravanhub.core.detect;

import java.util.ArrayList;
import java.util.List;

/**
 * Several metrics as one point: T2 = (x - m)' S^-1 (x - m), its distance from the usual in units of
 * how they usually vary together. Source: Hotelling, "Multivariate quality control", in Techniques
 * of Statistical Analysis, 1947. The limit is thrice the 99.9 % quantile of T2 in training:
 * readings in a row depend on one another, which makes the F distribution's limit too narrow
 * (empirical limits: Phaladiganon et al., Communications in Statistics 40(5), 2011). While nothing
 * is unusual the mean follows slow drift, 1 % of the way with each reading. Without training rows
 * the first 400 readings are taken for good.
 */
public final class HotellingChart implements Detector {
  private static final int WARM_UP = 400;
  private static final int KEPT = 5_000;
  private static final double QUANTILE = 0.999;
  private static final double TIMES = 3;
  private static final double FOLLOW = 0.01;

  private final List<String> metrics;
  private final int trainRows;
  private final Window[] means;
  private final List<double[]> training = new ArrayList<>();
  private final double[] last;
  private SpreadMatrix usual = new SpreadMatrix(List.of(new double[] {0}));
  private double limit = Double.NaN;
  private long seen;

  /** A chart over the means of this many readings. */
  HotellingChart(DetectorSetup setup, int smoothed) {
    this.metrics = setup.metrics();
    this.trainRows = setup.trainRows() > 0 ? setup.trainRows() : WARM_UP;
    this.means = new Window[metrics.size()];
    this.last = new double[metrics.size()];
    for (int i = 0; i < means.length; i++) {
      means[i] = new Window(smoothed);
      last[i] = Double.NaN;
    }
  }

  @Override
  public Detection detect(long epochMillis, double... values) {
    double[] row = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      // A metric that is missing keeps its last value, which by itself is never unusual.
      last[i] = Double.isFinite(values[i]) ? values[i] : last[i];
      if (Double.isNaN(last[i])) {
        return Detection.missing();
      }
      means[i].add(last[i]);
      row[i] = means[i].mean();
    }
    if (!Double.isNaN(limit)) {
      return judge(row);
    }
    learn(row);
    return Detection.learning(Math.min(1, seen / (double) trainRows));
  }

  private void learn(double[] row) {
    seen++;
    if (means[0].isFull() && training.size() < KEPT) {
      training.add(row);
    }
    if (seen >= trainRows && training.size() > 2 * metrics.size()) {
      usual = new SpreadMatrix(training);
      double[] distances = training.stream().mapToDouble(this::distance).sorted().toArray();
      double at = QUANTILE * (distances.length - 1);
      int below = (int) at;
      double above = distances[Math.min(below + 1, distances.length - 1)];
      double quantile = distances[below] + (at - below) * (above - distances[below]);
      limit = Math.max(TIMES * quantile, 1e-6);
      training.clear();
    }
  }

  private double distance(double[] row) {
    double sum = 0;
    for (double share : usual.shares(row)) {
      sum += share;
    }
    return sum;
  }

  private Detection judge(double[] row) {
    double[] shares = usual.shares(row);
    double distance = 0;
    int worst = 0;
    for (int i = 0; i < shares.length; i++) {
      distance += shares[i];
      worst = shares[i] > shares[worst] ? i : worst;
    }
    double low = usual.mean(worst) - 3 * usual.deviation(worst);
    double high = usual.mean(worst) + 3 * usual.deviation(worst);
    double score = Detection.score(distance, limit);
    if (distance < limit) {
      usual.follow(row, FOLLOW);
      return Detection.usual(score, low, high, 1);
    }
    return Detection.anomaly(
        score,
        low,
        high,
        1,
        "the group is %s times as far from its usual state as is allowed, most of it by %s: %s where %s is usual"
            .formatted(
                Shown.number(distance / limit),
                metrics.get(worst),
                Shown.number(row[worst]),
                Shown.number(usual.mean(worst))));
  }
}
