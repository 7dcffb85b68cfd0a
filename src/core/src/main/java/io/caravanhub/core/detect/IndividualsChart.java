package io.caravanhub.core.detect;

import java.util.Optional;

/**
 * The chart of single values with the Western Electric rules; sigma is the mean moving range over
 * d2 = 1.128, limits mean +- 2.66 MR. Source: Montgomery, section 6.4; ISO 7870-2:2013. Made for
 * readings that do not depend on one another: of a slow temperature read each second, the moving
 * range says nothing of its spread, and a wider detector is the better choice.
 */
public final class IndividualsChart implements Detector {
  private static final double D2 = 1.128;
  private static final double LIMIT = 3;

  private final String metric;
  private final Baseline values;
  private final Baseline ranges;
  private final WesternElectric rules = new WesternElectric();
  private double last = Double.NaN;

  public IndividualsChart(DetectorSetup setup) {
    this.metric = setup.metrics().get(0);
    this.values = new Baseline(setup.trainRows());
    this.ranges = new Baseline(Math.max(0, setup.trainRows() - 1));
  }

  @Override
  public Detection detect(long epochMillis, double... read) {
    double value = read[0];
    if (!Double.isFinite(value)) {
      return Detection.missing();
    }
    Detection said = judge(value);
    values.learn(value);
    if (!Double.isNaN(last)) {
      ranges.learn(Math.abs(value - last));
    }
    last = value;
    return said;
  }

  private Detection judge(double value) {
    double confidence = values.confidence();
    if (!values.isReady() || !ranges.isReady()) {
      return Detection.learning(confidence);
    }
    double centre = values.mean();
    double sigma = Math.max(ranges.mean() / D2, 1e-9 * (1 + Math.abs(centre)));
    double off = (value - centre) / sigma;
    double low = centre - LIMIT * sigma;
    double high = centre + LIMIT * sigma;
    Optional<String> broken = rules.broken(off);
    if (broken.isEmpty()) {
      return Detection.usual(Detection.score(Math.abs(off), LIMIT), low, high, confidence);
    }
    return Detection.anomaly(
        Math.max(0.5, Detection.score(Math.abs(off), LIMIT)),
        low,
        high,
        confidence,
        "%s is %s where %s is usual: %s"
            .formatted(metric, Shown.number(value), Shown.number(centre), broken.get()));
  }
}
