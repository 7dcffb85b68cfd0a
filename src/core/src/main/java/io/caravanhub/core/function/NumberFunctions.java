package io.caravanhub.core.function;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Scaling, limits and numbers in texts; called by the library. */
public final class NumberFunctions {
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?(\\d{1,18}(\\.\\d{0,18})?|\\.\\d{1,18})([eE][+-]?\\d{1,3})?");
  private static final int LONGEST = 64;

  private NumberFunctions() {}

  /** {@code value * factor + offset}. */
  public static @Nullable Object scale(
      @Nullable Object value, @Nullable Object factor, @Nullable Object offset) {
    Double number = Arguments.number("scale", value);
    if (number == null) {
      return null;
    }
    double by = Arguments.required("scale", "factor", factor);
    return Arguments.result(number * by + Arguments.number("scale", offset, 0));
  }

  /** {@code value * 10^exponent}, as SunSpec scale factors are meant; exact for what is decimal. */
  public static @Nullable Object sf(@Nullable Object value, @Nullable Object exponent) {
    Double number = Arguments.number("sf", value);
    if (number == null || Arguments.isNothing(exponent)) {
      return null;
    }
    int power = (int) Arguments.whole("sf", "exponent", exponent, -30, 30);
    double scale = Math.pow(10, Math.abs(power));
    return Arguments.result(power < 0 ? number / scale : number * scale);
  }

  /** The value, or nothing when it is one of those that stand for "no reading". */
  public static @Nullable Object unless(@Nullable Object value, @Nullable Object markers) {
    List<?> all =
        markers instanceof List<?> list ? list : markers == null ? List.of() : List.of(markers);
    for (Object marker : all) {
      boolean equal =
          value instanceof Number a && marker instanceof Number b
              ? a.doubleValue() == b.doubleValue()
              : java.util.Objects.equals(marker, value);
      if (equal) {
        return null;
      }
    }
    return value;
  }

  /** The value held within two limits. */
  public static @Nullable Object clamp(
      @Nullable Object value, @Nullable Object low, @Nullable Object high) {
    Double number = Arguments.number("clamp", value);
    if (number == null) {
      return null;
    }
    double least = Arguments.required("clamp", "lower limit", low);
    double most = Arguments.required("clamp", "upper limit", high);
    if (least > most) {
      throw Arguments.wrong("clamp", "expected a lower limit of at most " + most, low);
    }
    return Arguments.result(Math.min(most, Math.max(least, number)));
  }

  /** From one range to another, 4-20 mA to 0-10 bar for instance; goes on beyond the ends. */
  public static @Nullable Object linear(
      @Nullable Object value,
      @Nullable Object fromLow,
      @Nullable Object fromHigh,
      @Nullable Object toLow,
      @Nullable Object toHigh) {
    Double number = Arguments.number("linear", value);
    if (number == null) {
      return null;
    }
    double low = Arguments.required("linear", "start of the first range", fromLow);
    double span = Arguments.required("linear", "end of the first range", fromHigh) - low;
    double start = Arguments.required("linear", "start of the second range", toLow);
    double end = Arguments.required("linear", "end of the second range", toHigh);
    if (span == 0) {
      throw Arguments.wrong("linear", "expected two ends of the first range that differ", fromHigh);
    }
    return Arguments.result(start + (number - low) * (end - start) / span);
  }

  /** The number at the beginning of a text, decimal commas too; nothing when there is none. */
  public static @Nullable Object num(@Nullable Object value) {
    if (value instanceof Number || Arguments.isNothing(value)) {
      return Arguments.isNothing(value) ? null : value;
    }
    if (value instanceof Boolean bool) {
      return bool ? 1 : 0;
    }
    String text = Arguments.text("num", "value", value).strip();
    if (text.length() > LONGEST) {
      return null;
    }
    boolean comma = text.indexOf('.') < 0 && text.indexOf(',') == text.lastIndexOf(',');
    Matcher matcher = NUMBER.matcher(comma ? text.replace(',', '.') : text);
    if (!matcher.lookingAt() || text.startsWith(",", matcher.end())) {
      return null;
    }
    return Arguments.result(Double.parseDouble(matcher.group()));
  }

  /**
   * {@code {name, value, unit}}, or nothing when there is no value: a line of {@code measurements}.
   */
  public static @Nullable Object reading(
      @Nullable Object name, @Nullable Object value, @Nullable Object unit) {
    if (Arguments.isNothing(value)) {
      return null;
    }
    Map<String, @Nullable Object> reading = new LinkedHashMap<>(4);
    reading.put("name", Arguments.text("reading", "name", name));
    reading.put("value", value);
    if (!Arguments.isNothing(unit)) {
      reading.put("unit", Arguments.text("reading", "unit", unit));
    }
    return reading;
  }
}
