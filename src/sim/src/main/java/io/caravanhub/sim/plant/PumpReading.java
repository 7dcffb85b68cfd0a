package io.caravanhub.sim.plant;

/**
 * What the sensors of a pump show at one moment.
 *
 * @param flow m3/h
 * @param inletPressure kPa
 * @param outletPressure kPa
 * @param motorCurrent A
 * @param vibration velocity, root mean square, mm/s
 * @param bearingTemp Cel
 * @param power kW
 * @param runtime hours it has run in its life
 */
public record PumpReading(
    double flow,
    double inletPressure,
    double outletPressure,
    double motorCurrent,
    double vibration,
    double bearingTemp,
    double power,
    double runtime) {

  /** Pressure the pump adds, in kPa. */
  public double head() {
    return Math.rint((outletPressure - inletPressure) * 100) / 100;
  }
}
