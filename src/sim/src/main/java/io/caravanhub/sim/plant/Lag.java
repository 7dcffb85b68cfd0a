package io.caravanhub.sim.plant;

/** A first-order lag: a quantity that follows its target with a time constant. */
final class Lag {
  private final double seconds;
  private double value;

  /**
   * @param seconds time constant
   * @param value where it starts
   */
  Lag(double seconds, double value) {
    this.seconds = seconds;
    this.value = value;
  }

  /** Moves towards the target for {@code dt} seconds; exact for a constant target. */
  double towards(double target, double dt) {
    value += (target - value) * (1 - Math.exp(-dt / seconds));
    return value;
  }

  double value() {
    return value;
  }
}
