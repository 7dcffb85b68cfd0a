package io.caravanhub.core.detect;

import java.util.List;

/**
 * A random cut forest over the last four readings of one or several metrics: finds points and
 * shapes that did not occur before, whatever their distribution. Thirty trees of 256 samples; limit
 * 3.2. Source: see {@link Isolation}. The expected range is the last level and four deviations of
 * the steps from it, of the metric that moved most.
 */
public final class CutForest implements Detector {
  private static final int SHINGLE = 4;
  private static final int TREES = 30;
  private static final double LIMIT = 3.2;
  private static final int WARM_UP = 100;

  private final List<String> metrics;
  private final Isolation isolation;
  private final Level[] levels;
  private final int warmUp;
  private long seen;

  public CutForest(DetectorSetup setup) {
    this.metrics = setup.metrics();
    this.isolation = new Isolation(metrics.size(), SHINGLE, TREES);
    this.warmUp = Math.max(WARM_UP, setup.trainRows());
    this.levels = new Level[metrics.size()];
    for (int i = 0; i < levels.length; i++) {
      levels[i] = new Level();
    }
  }

  @Override
  public Detection detect(long epochMillis, double... values) {
    int most = 0;
    for (int i = 0; i < values.length; i++) {
      if (!Double.isFinite(values[i])) {
        return Detection.missing();
      }
      most = levels[i].steps(values[i]) > levels[most].steps(values[most]) ? i : most;
    }
    double low = levels[most].low();
    double high = levels[most].high();
    double usual = levels[most].mean();
    for (int i = 0; i < values.length; i++) {
      levels[i].learn(values[i]);
    }
    double found = isolation.see(values);
    double confidence = Math.min(1, ++seen / (2.0 * warmUp));
    if (seen <= warmUp) {
      return Detection.learning(confidence);
    }
    double score = Detection.score(found, LIMIT);
    return found < LIMIT
        ? Detection.usual(score, low, high, confidence)
        : Detection.anomaly(
            score,
            low,
            high,
            confidence,
            "the last %d readings are unlike those before (isolation %s, limit %s), most of all %s: %s after a level of %s"
                .formatted(
                    SHINGLE,
                    Shown.number(found),
                    Shown.number(LIMIT),
                    metrics.get(most),
                    Shown.number(values[most]),
                    Shown.number(usual)));
  }
}
