package io.caravanhub.core.detect;

/**
 * A value that stays exactly the same for longer than this series is known to: twenty readings and
 * three times the longest run it had before. Physical noise moves the last digit of a live sensor;
 * a series that rests by nature, like a valve's position, teaches its runs. The limit is our own.
 * Plateaus of a changed unit or a frozen gateway look the same.
 */
public final class StuckSensor implements Detector {
  private static final int LEAST = 20;
  private static final int TIMES = 3;
  private static final int WARM_UP = 100;

  private final String metric;
  private final int warmUp;
  private double last = Double.NaN;
  private int run;
  private int longest = 1;
  private long seen;

  public StuckSensor(DetectorSetup setup) {
    this.metric = setup.metrics().get(0);
    this.warmUp = setup.trainRows() > 0 ? setup.trainRows() : WARM_UP;
  }

  @Override
  public Detection detect(long epochMillis, double... values) {
    double value = values[0];
    if (!Double.isFinite(value)) {
      return Detection.missing();
    }
    seen++;
    if (value != last) {
      longest = Math.max(longest, run);
      run = 0;
      last = value;
    }
    run++;
    double confidence = Math.min(1, seen / (2.0 * warmUp));
    if (seen <= warmUp) {
      longest = Math.max(longest, run);
      return Detection.learning(confidence);
    }
    int limit = Math.max(LEAST, TIMES * longest);
    double score = Detection.score(run, limit);
    if (run < limit) {
      return Detection.usual(score, Double.NaN, Double.NaN, confidence);
    }
    return Detection.anomaly(
        score,
        Double.NaN,
        Double.NaN,
        confidence,
        "%s is exactly %s for %d readings; the longest such run before was %d"
            .formatted(metric, Shown.number(value), run, longest));
  }
}
