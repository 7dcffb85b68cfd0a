package io.caravanhub.core.detect;

/**
 * What is usual for a number: its mean and standard deviation in the training rows (phase I of a
 * control chart, Montgomery, Introduction to Statistical Quality Control, chapter 6), or, without
 * training, in the last readings with a half-life of a thousand. What is learned after the warm-up
 * is clipped at five deviations, so that one wild value does not widen the limits.
 */
public final class Baseline {
  private static final int WARM_UP = 30;
  private static final double CLIP = 5;
  private static final double FLAT = 1e-9;

  private final int trainRows;
  private final Forgetting usual;

  /**
   * Nothing learned yet.
   *
   * @param trainRows rows to learn from, or 0 to go on learning
   */
  public Baseline(int trainRows) {
    this.trainRows = trainRows;
    this.usual = Forgetting.halfLife(trainRows > 0 ? 1e9 : 1000);
  }

  /** Whether enough was learned to judge by. */
  public boolean isReady() {
    return usual.count() >= needed();
  }

  double confidence() {
    return Math.min(1, usual.count() / (2.0 * needed()));
  }

  /** The mean so far. */
  public double mean() {
    return usual.mean();
  }

  /** Never 0: a series that never moved has a deviation of a billionth of its value. */
  public double deviation() {
    return Math.max(usual.deviation(), FLAT * (1 + Math.abs(usual.mean())));
  }

  /** Takes a value in. */
  public void learn(double value) {
    if (!isReady()) {
      usual.add(value);
    } else if (trainRows == 0) {
      double reach = CLIP * deviation();
      usual.add(Math.max(mean() - reach, Math.min(mean() + reach, value)));
    }
  }

  private int needed() {
    return trainRows > 0 ? trainRows : WARM_UP;
  }
}
