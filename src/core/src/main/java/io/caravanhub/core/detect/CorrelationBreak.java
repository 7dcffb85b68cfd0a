package io.caravanhub.core.detect;

import java.util.List;

/**
 * Metrics that move together and no longer do. Each pair has its usual correlation; those of 0.5
 * and more, either sign, are watched over the last sixty readings. Correlations are compared after
 * Fisher's transformation z = atanh r, whose standard error is 1 / sqrt(n - 3): limit 6, since
 * readings in a row are not independent. Source: Fisher, "On the probable error of a coefficient of
 * correlation", Metron 1, 1921.
 */
public final class CorrelationBreak implements Detector {
  private static final int WINDOW = 60;
  private static final int WARM_UP = 200;
  private static final double WATCHED = 0.5;
  private static final double LIMIT = 6;
  private static final double NEARLY_ONE = 0.999;

  private final List<String> metrics;
  private final int trainRows;
  private final Comoments usual;
  private final Comoments recent;
  private long seen;

  public CorrelationBreak(DetectorSetup setup) {
    this.metrics = setup.metrics();
    this.trainRows = setup.trainRows();
    int size = metrics.size();
    this.usual = Comoments.forgetting(size, trainRows > 0 ? 1e9 : 2000);
    this.recent = Comoments.window(size, WINDOW);
  }

  @Override
  public Detection detect(long epochMillis, double... values) {
    for (double value : values) {
      if (!Double.isFinite(value)) {
        return Detection.missing();
      }
    }
    recent.add(values);
    Detection said = judge(values);
    if (trainRows == 0 || seen < trainRows) {
      usual.add(values);
    }
    seen++;
    return said;
  }

  private Detection judge(double[] values) {
    int needed = Math.max(WINDOW, trainRows > 0 ? trainRows : WARM_UP);
    double confidence = Math.min(1, seen / (2.0 * needed));
    if (seen < needed) {
      return Detection.learning(confidence);
    }
    double worst = 0;
    int one = 0;
    int other = 1;
    for (int i = 0; i < metrics.size(); i++) {
      for (int j = i + 1; j < metrics.size(); j++) {
        double off = off(i, j);
        if (off > worst) {
          worst = off;
          one = i;
          other = j;
        }
      }
    }
    double middle = usual.fitted(other, one, values[one]);
    double reach = 3 * usual.rest(other, one);
    double score = Detection.score(worst, LIMIT);
    if (worst < LIMIT) {
      return Detection.usual(score, middle - reach, middle + reach, confidence);
    }
    return Detection.anomaly(
        score,
        middle - reach,
        middle + reach,
        confidence,
        "%s and %s correlate by %s over %d readings, usually by %s; at %s of %s, %s would be usual for %s"
            .formatted(
                metrics.get(one),
                metrics.get(other),
                Shown.number(recent.correlation(one, other)),
                WINDOW,
                Shown.number(usual.correlation(one, other)),
                metrics.get(one),
                Shown.number(values[one]),
                Shown.number(middle),
                metrics.get(other)));
  }

  private double off(int i, int j) {
    double before = usual.correlation(i, j);
    return Math.abs(before) < WATCHED
        ? 0
        : Math.abs(fisher(recent.correlation(i, j)) - fisher(before)) * Math.sqrt(WINDOW - 3);
  }

  private static double fisher(double r) {
    double bounded = Math.max(-NEARLY_ONE, Math.min(NEARLY_ONE, r));
    return 0.5 * Math.log((1 + bounded) / (1 - bounded));
  }
}
