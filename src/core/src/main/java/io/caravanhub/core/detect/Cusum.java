package io.caravanhub.core.detect;

/**
 * Cumulative sums of what exceeds half a standard deviation, up and down, limit 5: C+ = max(0, C+ +
 * z - 0.5). Finds a shift of one deviation in about ten readings. Source: Page, "Continuous
 * inspection schemes", Biometrika 41, 1954; the tabular form and its parameters as in Montgomery,
 * chapter 9. The sums stop at twice the limit, so that the alarm ends when the shift does.
 */
public final class Cusum extends BaselineChart {
  private static final double SLACK = 0.5;
  private static final double LIMIT = 5;

  private double up;
  private double down;

  public Cusum(DetectorSetup setup) {
    super(setup);
  }

  @Override
  Detection judge(double value, double confidence) {
    double deviation = baseline.deviation();
    double low = baseline.mean() - deviation * (SLACK + LIMIT - down);
    double high = baseline.mean() + deviation * (SLACK + LIMIT - up);
    double z = (value - baseline.mean()) / deviation;
    up = Math.min(2 * LIMIT, Math.max(0, up + z - SLACK));
    down = Math.min(2 * LIMIT, Math.max(0, down - z - SLACK));
    double statistic = Math.max(up, down);
    double score = Detection.score(statistic, LIMIT);
    if (statistic < LIMIT) {
      return Detection.usual(score, low, high, confidence);
    }
    return Detection.anomaly(
        score,
        low,
        high,
        confidence,
        "%s has moved %s from its mean of %s: the sum of what is beyond reached %s deviations"
            .formatted(
                metric,
                up > down ? "up" : "down",
                Shown.number(baseline.mean()),
                Shown.number(statistic)));
  }
}
