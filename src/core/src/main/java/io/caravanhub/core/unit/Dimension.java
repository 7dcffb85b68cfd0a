package io.caravanhub.core.unit;

/**
 * What a unit measures, with the unit its factors are relative to. Kinds that share a physical
 * dimension but must not be mixed up (apparent and reactive power, torque and energy) are apart.
 */
public enum Dimension {
  ACCELERATION("m/s2"),
  ACIDITY("[pH]"),
  ANGLE("rad"),
  APPARENT_POWER("V.A"),
  AREA("m2"),
  COOLING_EFFORT("kW/{TR}"),
  CURRENT("A"),
  DENSITY("kg/m3"),
  ELECTRIC_CHARGE("A.h"),
  ENERGY("J"),
  FORCE("N"),
  FREQUENCY("Hz"),
  HUMIDITY_RATIO("g/kg"),
  ILLUMINANCE("lx"),
  IRRADIANCE("W/m2"),
  LENGTH("m"),
  MASS("kg"),
  MASS_FLOW("kg/s"),
  POWER("W"),
  PRESSURE("Pa"),
  RADIOACTIVITY("Bq/m3"),
  RATIO("1"),
  REACTIVE_ENERGY("kvar.h"),
  APPARENT_ENERGY("kV.A.h"),
  REACTIVE_POWER("var"),
  RESISTANCE("Ohm"),
  CONDUCTIVITY("S/m"),
  SIGNAL_POWER("dB{mW}"),
  SOUND_LEVEL("dB"),
  SPECIFIC_ENERGY("J/kg"),
  TEMPERATURE("K"),
  TIME("s"),
  TORQUE("N.m"),
  TURBIDITY("{NTU}"),
  VELOCITY("m/s"),
  VOLTAGE("V"),
  VOLUME("m3"),
  VOLUME_FLOW("m3/s");

  private final String base;

  Dimension(String base) {
    this.base = base;
  }

  /** UCUM code of the unit with factor one. */
  public String base() {
    return base;
  }
}
