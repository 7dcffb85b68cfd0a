package io.caravanhub.sim.plant;

/**
 * What the sensors of a rooftop unit show at one moment.
 *
 * @param supplyAirTemp Cel
 * @param returnAirTemp Cel
 * @param outdoorAirTemp Cel
 * @param coilTemp evaporating temperature, Cel
 * @param coolingSetpoint Cel
 * @param suctionPressure kPa, absolute
 * @param dischargePressure kPa, absolute
 * @param superheat K
 * @param compressorOn whether the compressor runs
 * @param compressorCurrent A
 * @param fanCurrent A
 * @param filterPressureDrop Pa
 * @param airFlow m3/s
 * @param power kW, all motors
 * @param runtime hours the compressor has run in its life
 */
public record HvacReading(
    double supplyAirTemp,
    double returnAirTemp,
    double outdoorAirTemp,
    double coilTemp,
    double coolingSetpoint,
    double suctionPressure,
    double dischargePressure,
    double superheat,
    boolean compressorOn,
    double compressorCurrent,
    double fanCurrent,
    double filterPressureDrop,
    double airFlow,
    double power,
    double runtime) {

  /** {@code on} or {@code off}. */
  public String compressorStatus() {
    return compressorOn ? "on" : "off";
  }
}
