package io.caravanhub.core.unit;

import java.util.HashMap;
import java.util.Map;

/**
 * The factors, from the definitions in The Unified Code for Units of Measure (UCUM 2.1) and NIST SP
 * 811, appendix B.8.
 */
final class UnitTable {
  private static final double INCH = 0.0254;
  private static final double FOOT = 0.3048;
  private static final double POUND = 0.45359237;
  private static final double GRAVITY = 9.80665;
  private static final double POUND_FORCE = POUND * GRAVITY;
  private static final double PSI = POUND_FORCE / (INCH * INCH);
  private static final double GALLON = 231 * INCH * INCH * INCH;
  private static final double CUBIC_FOOT = FOOT * FOOT * FOOT;
  private static final double BTU = 1055.05585262;
  private static final double RANKINE = 5.0 / 9.0;
  private static final double TURN = 2 * Math.PI;

  private final Map<String, Entry> entries = new HashMap<>();

  /**
   * @param code the UCUM code
   * @param dimension what it measures
   * @param factor base units in one of this
   * @param offset base units at this one's zero
   */
  record Entry(String code, Dimension dimension, double factor, double offset) {}

  private UnitTable() {}

  static Map<String, Entry> entries() {
    UnitTable table = new UnitTable();
    table.hvac();
    table.electrical();
    table.mechanical();
    table.general();
    table.names();
    return Map.copyOf(table.entries);
  }

  private void hvac() {
    add("K", Dimension.TEMPERATURE, 1);
    add("mK", Dimension.TEMPERATURE, 1e-3);
    add("Cel", Dimension.TEMPERATURE, 1, 273.15);
    add("[degF]", Dimension.TEMPERATURE, RANKINE, 459.67 * RANKINE);
    add("[degR]", Dimension.TEMPERATURE, RANKINE);
    add("Pa", Dimension.PRESSURE, 1);
    add("hPa", Dimension.PRESSURE, 100);
    add("kPa", Dimension.PRESSURE, 1e3);
    add("MPa", Dimension.PRESSURE, 1e6);
    add("bar", Dimension.PRESSURE, 1e5);
    add("mbar", Dimension.PRESSURE, 100);
    add("[psi]", Dimension.PRESSURE, PSI);
    add("atm", Dimension.PRESSURE, 101_325);
    add("m[H2O]", Dimension.PRESSURE, 9_806.65);
    add("cm[H2O]", Dimension.PRESSURE, 98.0665);
    add("mm[H2O]", Dimension.PRESSURE, 9.80665);
    add("[in_i'H2O]", Dimension.PRESSURE, 9_806.65 * INCH);
    add("mm[Hg]", Dimension.PRESSURE, 133.322);
    add("[in_i'Hg]", Dimension.PRESSURE, 133_322.0 * INCH);
    add("m3/s", Dimension.VOLUME_FLOW, 1);
    add("m3/min", Dimension.VOLUME_FLOW, 1 / 60.0);
    add("m3/h", Dimension.VOLUME_FLOW, 1 / 3600.0);
    add("L/s", Dimension.VOLUME_FLOW, 1e-3);
    add("L/min", Dimension.VOLUME_FLOW, 1e-3 / 60);
    add("L/h", Dimension.VOLUME_FLOW, 1e-3 / 3600);
    add("[gal_us]/min", Dimension.VOLUME_FLOW, GALLON / 60);
    add("[gal_us]/h", Dimension.VOLUME_FLOW, GALLON / 3600);
    add("[cft_i]/min", Dimension.VOLUME_FLOW, CUBIC_FOOT / 60);
    add("kg/s", Dimension.MASS_FLOW, 1);
    add("kg/min", Dimension.MASS_FLOW, 1 / 60.0);
    add("kg/h", Dimension.MASS_FLOW, 1 / 3600.0);
    add("[lb_av]/h", Dimension.MASS_FLOW, POUND / 3600);
    add("kW/{TR}", Dimension.COOLING_EFFORT, 1);
    add("J/kg", Dimension.SPECIFIC_ENERGY, 1);
    add("kJ/kg", Dimension.SPECIFIC_ENERGY, 1e3);
    add("[Btu_IT]/[lb_av]", Dimension.SPECIFIC_ENERGY, BTU / POUND);
    add("g/kg", Dimension.HUMIDITY_RATIO, 1);
  }

  private void electrical() {
    add("A", Dimension.CURRENT, 1);
    add("mA", Dimension.CURRENT, 1e-3);
    add("kA", Dimension.CURRENT, 1e3);
    add("V", Dimension.VOLTAGE, 1);
    add("mV", Dimension.VOLTAGE, 1e-3);
    add("kV", Dimension.VOLTAGE, 1e3);
    add("W", Dimension.POWER, 1);
    add("kW", Dimension.POWER, 1e3);
    add("MW", Dimension.POWER, 1e6);
    add("[HP]", Dimension.POWER, 550 * FOOT * POUND_FORCE);
    add("[Btu_IT]/h", Dimension.POWER, BTU / 3600);
    add("V.A", Dimension.APPARENT_POWER, 1);
    add("kV.A", Dimension.APPARENT_POWER, 1e3);
    add("var", Dimension.REACTIVE_POWER, 1);
    add("kvar", Dimension.REACTIVE_POWER, 1e3);
    add("J", Dimension.ENERGY, 1);
    add("kJ", Dimension.ENERGY, 1e3);
    add("MJ", Dimension.ENERGY, 1e6);
    add("GJ", Dimension.ENERGY, 1e9);
    add("W.h", Dimension.ENERGY, 3600);
    add("kW.h", Dimension.ENERGY, 3.6e6);
    add("MW.h", Dimension.ENERGY, 3.6e9);
    add("[Btu_IT]", Dimension.ENERGY, BTU);
    add("kvar.h", Dimension.REACTIVE_ENERGY, 1);
    add("kV.A.h", Dimension.APPARENT_ENERGY, 1);
    add("V.A.h", Dimension.APPARENT_ENERGY, 1e-3);
    add("var.h", Dimension.REACTIVE_ENERGY, 1e-3);
    add("Mvar.h", Dimension.REACTIVE_ENERGY, 1e3);
    add("Ohm", Dimension.RESISTANCE, 1);
    add("kOhm", Dimension.RESISTANCE, 1e3);
    add("MOhm", Dimension.RESISTANCE, 1e6);
    add("A.h", Dimension.ELECTRIC_CHARGE, 1);
    add("mA.h", Dimension.ELECTRIC_CHARGE, 1e-3);
    add("S/m", Dimension.CONDUCTIVITY, 1);
    add("uS/cm", Dimension.CONDUCTIVITY, 1e-4);
    add("mS/cm", Dimension.CONDUCTIVITY, 0.1);
  }

  private void mechanical() {
    add("m/s", Dimension.VELOCITY, 1);
    add("mm/s", Dimension.VELOCITY, 1e-3);
    add("m/min", Dimension.VELOCITY, 1 / 60.0);
    add("km/h", Dimension.VELOCITY, 1 / 3.6);
    add("[in_i]/s", Dimension.VELOCITY, INCH);
    add("[ft_i]/min", Dimension.VELOCITY, FOOT / 60);
    add("[mi_i]/h", Dimension.VELOCITY, 5280 * FOOT / 3600);
    add("m/s2", Dimension.ACCELERATION, 1);
    add("mm/s2", Dimension.ACCELERATION, 1e-3);
    add("[g]", Dimension.ACCELERATION, GRAVITY);
    add("Hz", Dimension.FREQUENCY, 1);
    add("kHz", Dimension.FREQUENCY, 1e3);
    add("/s", Dimension.FREQUENCY, 1);
    add("/min", Dimension.FREQUENCY, 1 / 60.0);
    add("/h", Dimension.FREQUENCY, 1 / 3600.0);
    add("N", Dimension.FORCE, 1);
    add("kN", Dimension.FORCE, 1e3);
    add("[lbf_av]", Dimension.FORCE, POUND_FORCE);
    add("N.m", Dimension.TORQUE, 1);
    add("[ft_i].[lbf_av]", Dimension.TORQUE, FOOT * POUND_FORCE);
    add("rad", Dimension.ANGLE, 1);
    add("deg", Dimension.ANGLE, TURN / 360);
    add("dB", Dimension.SOUND_LEVEL, 1);
    add("dB{mW}", Dimension.SIGNAL_POWER, 1);
  }

  private void general() {
    add("1", Dimension.RATIO, 1);
    add("%", Dimension.RATIO, 0.01);
    add("[ppm]", Dimension.RATIO, 1e-6);
    add("[ppb]", Dimension.RATIO, 1e-9);
    add("s", Dimension.TIME, 1);
    add("ms", Dimension.TIME, 1e-3);
    add("us", Dimension.TIME, 1e-6);
    add("min", Dimension.TIME, 60);
    add("h", Dimension.TIME, 3600);
    add("d", Dimension.TIME, 86_400);
    add("wk", Dimension.TIME, 604_800);
    add("m", Dimension.LENGTH, 1);
    add("km", Dimension.LENGTH, 1e3);
    add("cm", Dimension.LENGTH, 1e-2);
    add("mm", Dimension.LENGTH, 1e-3);
    add("um", Dimension.LENGTH, 1e-6);
    add("[in_i]", Dimension.LENGTH, INCH);
    add("[mil_i]", Dimension.LENGTH, INCH / 1000);
    add("[ft_i]", Dimension.LENGTH, FOOT);
    add("m2", Dimension.AREA, 1);
    add("[sft_i]", Dimension.AREA, FOOT * FOOT);
    add("m3", Dimension.VOLUME, 1);
    add("L", Dimension.VOLUME, 1e-3);
    add("mL", Dimension.VOLUME, 1e-6);
    add("[gal_us]", Dimension.VOLUME, GALLON);
    add("[cft_i]", Dimension.VOLUME, CUBIC_FOOT);
    add("kg", Dimension.MASS, 1);
    add("g", Dimension.MASS, 1e-3);
    add("t", Dimension.MASS, 1e3);
    add("[lb_av]", Dimension.MASS, POUND);
    add("kg/m3", Dimension.DENSITY, 1);
    add("g/m3", Dimension.DENSITY, 1e-3);
    add("mg/m3", Dimension.DENSITY, 1e-6);
    add("ug/m3", Dimension.DENSITY, 1e-9);
    add("g/L", Dimension.DENSITY, 1);
    add("mg/L", Dimension.DENSITY, 1e-3);
    add("ug/L", Dimension.DENSITY, 1e-6);
    add("[pH]", Dimension.ACIDITY, 1);
    add("{NTU}", Dimension.TURBIDITY, 1);
    add("Bq/m3", Dimension.RADIOACTIVITY, 1);
    add("lx", Dimension.ILLUMINANCE, 1);
    add("W/m2", Dimension.IRRADIANCE, 1);
  }

  private void names() {
    alias("°C", "Cel");
    alias("degC", "Cel");
    alias("°F", "[degF]");
    alias("degF", "[degF]");
    alias("psi", "[psi]");
    alias("inH2O", "[in_i'H2O]");
    alias("inHg", "[in_i'Hg]");
    alias("rpm", "/min");
    alias("1/min", "/min");
    alias("1/s", "/s");
    alias("gpm", "[gal_us]/min");
    alias("cfm", "[cft_i]/min");
    alias("hp", "[HP]");
    alias("kWh", "kW.h");
    alias("MWh", "MW.h");
    alias("Wh", "W.h");
    alias("Ah", "A.h");
    alias("VA", "V.A");
    alias("kVA", "kV.A");
    alias("ppm", "[ppm]");
    alias("m³/h", "m3/h");
    alias("m^3/h", "m3/h");
    alias("m³", "m3");
    alias("l/s", "L/s");
    alias("l/min", "L/min");
    alias("l/h", "L/h");
    alias("l", "L");
    alias("µS/cm", "uS/cm");
    alias("µg/m3", "ug/m3");
    alias("°", "deg");
    alias("Ω", "Ohm");
    alias("{count}", "1");
    alias("dBm", "dB{mW}");
    alias("dB(A)", "dB");
    alias("dBA", "dB");
    alias("pH", "[pH]");
    alias("NTU", "{NTU}");
    alias("Nm", "N.m");
    alias("kvarh", "kvar.h");
    alias("varh", "var.h");
    alias("VAr", "var");
    alias("kVAr", "kvar");
    alias("ppb", "[ppb]");
    alias("%RH", "%");
    alias("mmHg", "mm[Hg]");
    alias("lux", "lx");
    alias("mph", "[mi_i]/h");
    alias("ft", "[ft_i]");
    alias("in", "[in_i]");
    alias("lb", "[lb_av]");
    alias("BTU/h", "[Btu_IT]/h");
    alias("Btu/h", "[Btu_IT]/h");
    alias("µg/m³", "ug/m3");
    alias("μg/m³", "ug/m3");
    alias("mg/l", "mg/L");
    alias("m/s²", "m/s2");
    alias("W/m²", "W/m2");
    alias("Bq/m³", "Bq/m3");
  }

  private void add(String code, Dimension dimension, double factor) {
    add(code, dimension, factor, 0);
  }

  private void add(String code, Dimension dimension, double factor, double offset) {
    if (entries.put(code, new Entry(code, dimension, factor, offset)) != null) {
      throw new IllegalStateException(code + " is listed twice");
    }
  }

  private void alias(String name, String code) {
    Entry entry = entries.get(code);
    if (entry == null || entries.put(name, entry) != null) {
      throw new IllegalStateException(name + " is listed twice or names no unit");
    }
  }
}
