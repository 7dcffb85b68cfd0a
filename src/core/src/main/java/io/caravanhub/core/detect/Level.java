package io.caravanhub.core.detect;

/** Where a series is now, and how far its readings usually step from there. */
final class Level {
  private static final double WEIGHT = 0.1;
  private static final double REACH = 4;

  private final Forgetting level = Forgetting.weight(WEIGHT);
  private final Forgetting step = Forgetting.halfLife(1000);

  void learn(double value) {
    if (level.count() > 0) {
      step.add(Math.abs(off(value)));
    }
    level.add(value);
  }

  /** How far a value is from the level; 0 as long as there is none. */
  double off(double value) {
    return level.count() == 0 ? 0 : value - level.mean();
  }

  /** The same in usual steps. */
  double steps(double value) {
    return Math.abs(off(value)) / Math.max(step.mean(), 1e-9 * (1 + Math.abs(level.mean())));
  }

  double mean() {
    return level.mean();
  }

  double low() {
    return level.mean() - REACH * step.mean();
  }

  double high() {
    return level.mean() + REACH * step.mean();
  }
}
