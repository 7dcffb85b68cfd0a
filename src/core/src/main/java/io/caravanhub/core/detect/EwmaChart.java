package io.caravanhub.core.detect;

/**
 * Exponentially weighted moving average: z = 0.2 x + 0.8 z, limits mean +- 3 s sqrt(0.2 / 1.8 (1 -
 * 0.8^2i)). Finds small lasting shifts. Source: Roberts, "Control chart tests based on geometric
 * moving averages", Technometrics 1(3), 1959; limits as in Lucas and Saccucci, Technometrics 32(1),
 * 1990.
 */
public final class EwmaChart extends BaselineChart {
  private static final double WEIGHT = 0.2;
  private static final double LIMIT = 3;

  private double average = Double.NaN;
  private double fade = 1;

  public EwmaChart(DetectorSetup setup) {
    super(setup);
  }

  @Override
  Detection judge(double value, double confidence) {
    double before = Double.isNaN(average) ? baseline.mean() : average;
    average = WEIGHT * value + (1 - WEIGHT) * before;
    fade *= (1 - WEIGHT) * (1 - WEIGHT);
    double sigma = baseline.deviation() * Math.sqrt(WEIGHT / (2 - WEIGHT) * (1 - fade));
    double off = (average - baseline.mean()) / sigma;
    double low = (baseline.mean() - LIMIT * sigma - (1 - WEIGHT) * before) / WEIGHT;
    double high = (baseline.mean() + LIMIT * sigma - (1 - WEIGHT) * before) / WEIGHT;
    double score = Detection.score(Math.abs(off), LIMIT);
    if (Math.abs(off) < LIMIT) {
      return Detection.usual(score, low, high, confidence);
    }
    return Detection.anomaly(
        score,
        low,
        high,
        confidence,
        "the moving average of %s is %s, beyond the chart's limit of %s"
            .formatted(
                metric,
                Shown.number(average),
                Shown.number(baseline.mean() + Math.signum(off) * LIMIT * sigma)));
  }
}
