package io.caravanhub.sim.plant;

/**
 * Saturation of R-410A, from a two-constant fit (Clausius-Clapeyron) good to 1 % in -20..55 Cel.
 */
final class Refrigerant {
  private static final double A = 15.388;
  private static final double B = 2378;
  private static final double ZERO_CELSIUS = 273.15;

  private Refrigerant() {}

  /** Absolute saturation pressure in kPa at a temperature in degrees Celsius. */
  static double pressure(double celsius) {
    return Math.exp(A - B / (celsius + ZERO_CELSIUS));
  }
}
