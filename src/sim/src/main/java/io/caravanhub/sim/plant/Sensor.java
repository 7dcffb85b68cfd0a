package io.caravanhub.sim.plant;

import java.util.SplittableRandom;

/** A sensor with noise and a finite resolution, which may get stuck at what it last showed. */
final class Sensor {
  private final SplittableRandom random;
  private final double noise;
  private final double resolution;
  private double shown = Double.NaN;

  /**
   * @param random source of the noise
   * @param noise standard deviation, in the unit of the quantity
   * @param resolution smallest step it can show
   */
  Sensor(SplittableRandom random, double noise, double resolution) {
    this.random = random;
    this.noise = noise;
    this.resolution = resolution;
  }

  /** Shows the true value, with noise. */
  double show(double truth) {
    double steps = Math.rint((truth + noise * random.nextGaussian()) / resolution);
    shown = Math.rint(steps * resolution * 1e4) / 1e4;
    return shown;
  }

  /** Shows a quantity that cannot be negative, such as a current. */
  double showPositive(double truth) {
    shown = Math.max(0, show(truth));
    return shown;
  }

  /** Shows the true value, or goes on showing the last one when stuck. */
  double show(double truth, boolean stuck) {
    double fresh = stuck && !Double.isNaN(shown) ? shown : show(truth);
    shown = fresh;
    return fresh;
  }
}
