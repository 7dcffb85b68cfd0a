package io.caravanhub.core.suggest;

import io.caravanhub.core.unit.Units;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Units as vendors write them in names and beside values. Immutable. */
final class UnitNames {
  /** Words that are a unit wherever they stand, beside what the hub knows anyway. */
  private static final Map<String, String> WORDS =
      Map.ofEntries(
          Map.entry("celsius", "Cel"),
          Map.entry("degc", "Cel"),
          Map.entry("fahrenheit", "[degF]"),
          Map.entry("degf", "[degF]"),
          Map.entry("kelvin", "K"),
          Map.entry("volts", "V"),
          Map.entry("amps", "A"),
          Map.entry("amp", "A"),
          Map.entry("ampere", "A"),
          Map.entry("amperes", "A"),
          Map.entry("watt", "W"),
          Map.entry("watts", "W"),
          Map.entry("kw", "kW"),
          Map.entry("kwh", "kW.h"),
          Map.entry("wh", "W.h"),
          Map.entry("mwh", "MW.h"),
          Map.entry("kva", "kV.A"),
          Map.entry("va", "V.A"),
          Map.entry("kvar", "kvar"),
          Map.entry("var", "var"),
          Map.entry("percent", "%"),
          Map.entry("percentage", "%"),
          Map.entry("pct", "%"),
          Map.entry("perc", "%"),
          Map.entry("pascal", "Pa"),
          Map.entry("hpa", "hPa"),
          Map.entry("kpa", "kPa"),
          Map.entry("mbar", "mbar"),
          Map.entry("bar", "bar"),
          Map.entry("psi", "[psi]"),
          Map.entry("psia", "[psi]"),
          Map.entry("psig", "[psi]"),
          Map.entry("inwc", "[in_i'H2O]"),
          Map.entry("iwc", "[in_i'H2O]"),
          Map.entry("inh2o", "[in_i'H2O]"),
          Map.entry("inhg", "[in_i'Hg]"),
          Map.entry("mmhg", "mm[Hg]"),
          Map.entry("lux", "lx"),
          Map.entry("lx", "lx"),
          Map.entry("hz", "Hz"),
          Map.entry("rpm", "/min"),
          Map.entry("gpm", "[gal_us]/min"),
          Map.entry("cfm", "[cft_i]/min"),
          Map.entry("lpm", "L/min"),
          Map.entry("ppm", "[ppm]"),
          Map.entry("ppb", "[ppb]"),
          Map.entry("ugm3", "ug/m3"),
          Map.entry("dbm", "dB{mW}"),
          Map.entry("hours", "h"),
          Map.entry("hrs", "h"),
          Map.entry("seconds", "s"),
          Map.entry("sec", "s"),
          Map.entry("secs", "s"),
          Map.entry("minutes", "min"),
          Map.entry("mins", "min"),
          Map.entry("mm", "mm"),
          Map.entry("cm", "cm"),
          Map.entry("liters", "L"),
          Map.entry("litres", "L"),
          Map.entry("liter", "L"),
          Map.entry("kg", "kg"),
          Map.entry("kmh", "km/h"),
          Map.entry("mps", "m/s"),
          Map.entry("ms2", "m/s2"),
          Map.entry("m3h", "m3/h"),
          Map.entry("m3", "m3"),
          Map.entry("ntu", "{NTU}"));

  /** As written, at the end of a name that says something else first. */
  private static final Map<String, String> SUFFIXES =
      Map.ofEntries(
          Map.entry("C", "Cel"),
          Map.entry("F", "[degF]"),
          Map.entry("K", "K"),
          Map.entry("V", "V"),
          Map.entry("mV", "mV"),
          Map.entry("mv", "mV"),
          Map.entry("A", "A"),
          Map.entry("mA", "mA"),
          Map.entry("ma", "mA"),
          Map.entry("W", "W"),
          Map.entry("c", "Cel"),
          Map.entry("f", "[degF]"),
          Map.entry("v", "V"),
          Map.entry("w", "W"),
          Map.entry("DF", "[degF]"),
          Map.entry("DK", "K"),
          Map.entry("Pa", "Pa"),
          Map.entry("pa", "Pa"),
          Map.entry("l", "L"),
          Map.entry("m", "m"),
          Map.entry("h", "h"),
          Map.entry("s", "s"),
          Map.entry("db", "dB"),
          Map.entry("dB", "dB"));

  /** Units that name a difference of temperatures. */
  private static final Set<String> DIFFERENCES = Set.of("DF", "DK");

  private UnitNames() {}

  /** A word of a name that is a unit by itself. */
  static @Nullable String word(String word) {
    return WORDS.get(word.toLowerCase(Locale.ROOT));
  }

  /** The last word of a name, when something came before it. */
  static @Nullable String suffix(String word) {
    return SUFFIXES.get(word);
  }

  static boolean isDifference(String word) {
    return DIFFERENCES.contains(word);
  }

  /** The UCUM code of a unit as a payload writes it, or null when it is none. */
  static @Nullable String code(String text) {
    String tidy =
        text.strip().replace("⋅", ".").replace("⁻¹", "-1").replace("⁻³", "-3").replace("⁻²", "-2");
    tidy = tidy.replaceFirst("^([^.]+)\\.([a-z]+)-1$", "$1/$2").replace(".m-3", "/m3");
    if (tidy.isEmpty() || tidy.length() > 20) {
      return null;
    }
    String known = Units.canonical(tidy);
    if (known != null) {
      return known;
    }
    String suffix = SUFFIXES.get(tidy);
    return suffix != null ? suffix : word(tidy);
  }
}
