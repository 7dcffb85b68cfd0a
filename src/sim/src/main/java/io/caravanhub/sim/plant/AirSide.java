package io.caravanhub.sim.plant;

/**
 * Fan, filter and ducts of a rooftop unit.
 *
 * <p>The fan's curve meets the quadratic resistance of ducts and filter: {@code 700 - 100 q^2 =
 * (510 + 90 f) q^2} Pa, with {@code q} the flow relative to a clean filter and {@code f} the
 * filter's resistance relative to a clean one.
 */
final class AirSide {
  private static final double RATED_FLOW = 1.85;
  private static final double DENSITY = 1.2;
  private static final double SHUT_OFF_PRESSURE = 700;
  private static final double CLEAN_RESISTANCE = 90;
  private static final double OTHER_RESISTANCE = 610;
  private static final double RESISTANCE_WHEN_CLOGGED = 6.5;

  private final double resistance;
  private final double relativeFlow;

  /**
   * @param loading dust in the filter, 0 (clean) to 1 (clogged)
   */
  AirSide(double loading) {
    resistance = 1 + (RESISTANCE_WHEN_CLOGGED - 1) * loading;
    relativeFlow =
        Math.sqrt(SHUT_OFF_PRESSURE / (OTHER_RESISTANCE + CLEAN_RESISTANCE * resistance));
  }

  /** Flow relative to that through a clean filter. */
  double relativeFlow() {
    return relativeFlow;
  }

  /** Air flow in m3/s. */
  double flow() {
    return RATED_FLOW * relativeFlow;
  }

  /** Heat carried by the air stream per kelvin, in kW/K. */
  double heatCapacityRate() {
    return flow() * DENSITY * 1.006;
  }

  /** Pressure drop over the filter in Pa. */
  double filterPressureDrop() {
    return CLEAN_RESISTANCE * resistance * relativeFlow * relativeFlow;
  }

  /** Current of the fan's motor in A; a fan with forward-curved blades takes less at less flow. */
  double fanCurrent() {
    return 5.2 * (0.45 + 0.55 * relativeFlow);
  }
}
