package io.caravanhub.core.rule;

import io.caravanhub.core.detect.Detection;
import io.caravanhub.core.detect.Detector;
import io.caravanhub.core.detect.DetectorSetup;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What a statistical detector says. */
final class ScoreGauge extends Gauge {
  private static final double LIMIT = 0.5;
  private final Channel first;
  private final long fresh;
  private final Detector detector;
  private final double[] values;
  private final boolean[] there;
  private @Nullable Detection said;
  private long saidAt;

  ScoreGauge(Channel first, long fresh, Amount.Score score) {
    this.first = first;
    this.fresh = fresh;
    this.detector = score.detector().create(new DetectorSetup(score.metrics(), 0, score.machine()));
    this.values = new double[score.metrics().size()];
    this.there = new boolean[values.length];
  }

  /** A group is judged when each of its metrics has said something new. */
  @Override
  void take(int metric, long time, double value, @Nullable String text) {
    values[metric] = value;
    there[metric] = true;
    for (boolean has : there) {
      if (!has) {
        return;
      }
    }
    Arrays.fill(there, false);
    said = detector.detect(time, values);
    saidAt = time;
  }

  @Override
  double read(Moment now) {
    if (said == null || said.confidence() == 0 || now.time - saidAt > fresh) {
      return Double.NaN;
    }
    return said.anomaly()
        ? Math.max(LIMIT, said.score())
        : Math.min(said.score(), Math.nextDown(LIMIT));
  }

  @Override
  double shown(double number) {
    return first.series.latest();
  }

  @Override
  @Nullable String unit() {
    return first.series.unit();
  }

  @Override
  @Nullable Detection judgement() {
    return said;
  }
}
