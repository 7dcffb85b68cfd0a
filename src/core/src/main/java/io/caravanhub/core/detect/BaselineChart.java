package io.caravanhub.core.detect;

/** A chart that holds one value against what is usual, and learns it afterwards. */
abstract class BaselineChart implements Detector {
  final String metric;
  final Baseline baseline;

  BaselineChart(DetectorSetup setup) {
    this.metric = setup.metrics().get(0);
    this.baseline = new Baseline(setup.trainRows());
  }

  @Override
  public final Detection detect(long epochMillis, double... values) {
    double value = values[0];
    if (!Double.isFinite(value)) {
      return Detection.missing();
    }
    double confidence = baseline.confidence();
    Detection said = baseline.isReady() ? judge(value, confidence) : Detection.learning(confidence);
    baseline.learn(value);
    return said;
  }

  /** What is to be said of a finite value, once the baseline is ready. */
  abstract Detection judge(double value, double confidence);
}
