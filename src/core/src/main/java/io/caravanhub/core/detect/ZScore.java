package io.caravanhub.core.detect;

/**
 * How many standard deviations a value is from the mean: z = (x - mean) / s, limit 4. With a normal
 * distribution one reading in 16,000 is beyond it. Source: Shewhart, Economic Control of Quality of
 * Manufactured Product, 1931; the limit is wider than his 3 because readings are many.
 */
public final class ZScore extends BaselineChart {
  private static final double LIMIT = 4;

  public ZScore(DetectorSetup setup) {
    super(setup);
  }

  @Override
  Detection judge(double value, double confidence) {
    double z = (value - baseline.mean()) / baseline.deviation();
    double low = baseline.mean() - LIMIT * baseline.deviation();
    double high = baseline.mean() + LIMIT * baseline.deviation();
    double score = Detection.score(Math.abs(z), LIMIT);
    if (Math.abs(z) < LIMIT) {
      return Detection.usual(score, low, high, confidence);
    }
    return Detection.anomaly(
        score,
        low,
        high,
        confidence,
        "%s is %s, %s standard deviations %s the mean of %s"
            .formatted(
                metric,
                Shown.number(value),
                Shown.number(Math.abs(z)),
                z > 0 ? "above" : "below",
                Shown.number(baseline.mean())));
  }
}
