package io.caravanhub.core.function;

import com.dashjoin.jsonata.JException;
import io.caravanhub.core.unit.Converted;
import io.caravanhub.core.unit.Units;
import org.jspecify.annotations.Nullable;

/** Units; called by the library. An unknown unit is an error, never a number. */
public final class UnitFunctions {
  private UnitFunctions() {}

  public static @Nullable Object f2c(@Nullable Object value) {
    Double number = Arguments.number("f2c", value);
    return number == null ? null : tidy((number - 32) / 1.8);
  }

  public static @Nullable Object c2f(@Nullable Object value) {
    Double number = Arguments.number("c2f", value);
    return number == null ? null : tidy(number * 1.8 + 32);
  }

  public static @Nullable Object k2c(@Nullable Object value) {
    Double number = Arguments.number("k2c", value);
    return number == null ? null : tidy(number - 273.15);
  }

  public static @Nullable Object c2k(@Nullable Object value) {
    Double number = Arguments.number("c2k", value);
    return number == null ? null : tidy(number + 273.15);
  }

  /** A value from one unit to another. */
  public static @Nullable Object convert(
      @Nullable Object value, @Nullable Object from, @Nullable Object to) {
    Double number = Arguments.number("convert", value);
    return number == null
        ? null
        : value(
            "convert",
            Units.convert(number, unit("convert", "from", from), unit("convert", "to", to)));
  }

  /** A difference of two values: a superheat, a rise. */
  public static @Nullable Object convertDifference(
      @Nullable Object value, @Nullable Object from, @Nullable Object to) {
    String name = "convertDifference";
    Double number = Arguments.number(name, value);
    return number == null
        ? null
        : value(
            name, Units.convertDifference(number, unit(name, "from", from), unit(name, "to", to)));
  }

  /** The UCUM code of a vendor's name for a unit; nothing when it is not known. */
  public static @Nullable Object unit(@Nullable Object name) {
    String text = Arguments.optionalText("unit", "name", name);
    return text == null ? null : Units.canonical(text);
  }

  private static String unit(String function, String name, @Nullable Object value) {
    return Arguments.text(function, name + " (a UCUM code)", value);
  }

  private static Number value(String function, Converted converted) {
    if (converted instanceof Converted.Value value) {
      return tidy(value.value());
    }
    throw new JException("$" + function + ": " + ((Converted.Refused) converted).reason(), -1);
  }

  // 15 significant digits, as JSONata itself writes numbers: 20 degrees and not 20.000000000000004.
  private static Number tidy(double value) {
    return Double.isFinite(value)
        ? Arguments.result(
            new java.math.BigDecimal(value).round(new java.math.MathContext(15)).doubleValue())
        : value;
  }
}
