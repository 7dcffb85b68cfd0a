package io.caravanhub.core.detect;

import java.util.Optional;

/**
 * Means and ranges of subgroups of five readings: x-bar +- A2 R with A2 = 0.577 and the Western
 * Electric rules, R below D4 R with D4 = 2.114. Source: Montgomery, section 6.2 and appendix VI;
 * ISO 7870-2:2013. A subgroup is judged with its fifth reading; until the next is full, its verdict
 * stands.
 */
public final class XBarChart implements Detector {
  private static final int SIZE = 5;
  private static final double A2 = 0.577;
  private static final double D4 = 2.114;

  private final String metric;
  private final Baseline means;
  private final Baseline ranges;
  private final WesternElectric rules = new WesternElectric();
  private final Window group = new Window(SIZE);
  private int filled;
  private Detection verdict = Detection.learning(0);

  public XBarChart(DetectorSetup setup) {
    this.metric = setup.metrics().get(0);
    int groups = setup.trainRows() == 0 ? 0 : Math.max(2, (setup.trainRows() + SIZE - 1) / SIZE);
    this.means = new Baseline(groups);
    this.ranges = new Baseline(groups);
  }

  @Override
  public Detection detect(long epochMillis, double... values) {
    double value = values[0];
    if (!Double.isFinite(value)) {
      return Detection.missing();
    }
    group.add(value);
    if (++filled % SIZE == 0) {
      double mean = group.mean();
      double range = group.max() - group.min();
      verdict = judge(mean, range);
      means.learn(mean);
      ranges.learn(range);
    }
    return verdict;
  }

  private Detection judge(double mean, double range) {
    double confidence = means.confidence();
    if (!means.isReady()) {
      return Detection.learning(confidence);
    }
    double centre = means.mean();
    double usualRange = Math.max(ranges.mean(), 1e-9 * (1 + Math.abs(centre)));
    double reach = A2 * usualRange;
    double off = (mean - centre) / reach;
    double spread = range / (D4 * usualRange);
    double score = Detection.score(Math.max(Math.abs(off), spread), 1);
    Optional<String> broken = rules.broken(3 * off);
    if (broken.isPresent()) {
      return Detection.anomaly(
          Math.max(0.5, score),
          centre - reach,
          centre + reach,
          confidence,
          "the mean of five readings of %s is %s where %s is usual: %s"
              .formatted(metric, Shown.number(mean), Shown.number(centre), broken.get()));
    }
    if (spread >= 1) {
      return Detection.anomaly(
          score,
          centre - reach,
          centre + reach,
          confidence,
          "five readings of %s range over %s where up to %s is usual"
              .formatted(metric, Shown.number(range), Shown.number(D4 * usualRange)));
    }
    return Detection.usual(score, centre - reach, centre + reach, confidence);
  }
}
