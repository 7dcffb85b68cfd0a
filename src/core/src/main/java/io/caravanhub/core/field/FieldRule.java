package io.caravanhub.core.field;

import io.caravanhub.core.function.NumberFunctions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One line of a field table. A value is taken through {@code unless}, {@code bit}, {@code enum},
 * {@code scale}, {@code offset} and {@code clamp}, in this order.
 *
 * @param field where the value lies
 * @param metric the metric's key
 * @param unit UCUM code of the scaled value, or null
 * @param unless values that mean "no reading"
 * @param bit which bit of a word is meant, or -1
 * @param states what a value is called: from how it is written to the state
 * @param otherwise the state of any other value, or null when others are an error
 * @param scale factor
 * @param offset added after scaling
 * @param low lowest value, lower ones are held there; or null
 * @param high highest value, or null
 * @param parse whether texts are read as the number they begin with
 * @param required whether a message without this field is unusable
 */
record FieldRule(
    FieldPath field,
    String metric,
    @Nullable String unit,
    List<Object> unless,
    int bit,
    Map<String, Object> states,
    @Nullable Object otherwise,
    double scale,
    double offset,
    @Nullable Double low,
    @Nullable Double high,
    boolean parse,
    boolean required) {

  private static final int SHOWN = 40;

  /** The measurement in this payload, or null when it has none. */
  @Nullable Map<String, Object> apply(@Nullable Object payload) {
    Object value = field.search(payload);
    if (value == null || isNoReading(value)) {
      if (required) {
        throw wrong("absent, and the table requires it");
      }
      return null;
    }
    Object result = states.isEmpty() ? plain(value) : state(value);
    if (result == null) {
      return null;
    }
    Map<String, Object> measurement = new LinkedHashMap<>(4);
    measurement.put("name", metric);
    measurement.put("value", result);
    if (unit != null) {
      measurement.put("unit", unit);
    }
    return measurement;
  }

  private boolean isNoReading(Object value) {
    for (Object marker : unless) {
      if (value instanceof Number a && marker instanceof Number b
          ? a.doubleValue() == b.doubleValue()
          : marker.equals(value)) {
        return true;
      }
    }
    return false;
  }

  private Object state(Object value) {
    Object found = states.get(written(bit < 0 ? value : bitOf(value)));
    Object state = found == null ? otherwise : found;
    if (state == null) {
      throw wrong(
          "expected one of " + String.join(", ", states.keySet()) + ", got " + shown(value));
    }
    return state;
  }

  private static String written(Object value) {
    return value instanceof Double d && d == Math.rint(d) && Math.abs(d) < 1e15
        ? String.valueOf(d.longValue())
        : String.valueOf(value);
  }

  private @Nullable Object plain(Object value) {
    if (bit >= 0) {
      return bitOf(value);
    }
    if (value instanceof Number number) {
      return scaled(number);
    }
    if (value instanceof Boolean) {
      return value;
    }
    if (value instanceof String text) {
      if (parse) {
        Object number = NumberFunctions.num(text);
        return number instanceof Number n ? scaled(n) : notANumber(value);
      }
      return isNumeric() ? notANumber(value) : value;
    }
    throw wrong("expected a value, got " + shown(value));
  }

  private boolean isNumeric() {
    return unit != null || scale != 1 || offset != 0 || low != null || high != null;
  }

  private Object notANumber(Object value) {
    throw wrong("expected a number, got " + shown(value));
  }

  private Number scaled(Number number) {
    if (scale == 1 && offset == 0 && low == null && high == null) {
      return number;
    }
    double value = times(number.doubleValue()) + offset;
    if (low != null && value < low) {
      return low;
    }
    return high != null && value > high ? high : value;
  }

  // 215 * 0.1 is 21.5, not 21.500000000000004: by a factor of one over a whole number is divided.
  private double times(double value) {
    double divisor = Math.rint(1 / scale);
    return Math.abs(scale) < 1 && Math.abs(1 / scale - divisor) < 1e-9 * Math.abs(divisor)
        ? value / divisor
        : value * scale;
  }

  private boolean bitOf(Object value) {
    if (value instanceof Number number
        && number.doubleValue() == Math.rint(number.doubleValue())
        && Math.abs(number.doubleValue()) < 1L << 53) {
      return (number.longValue() >> bit & 1) == 1;
    }
    if (value instanceof Boolean bool && bit == 0) {
      return bool;
    }
    throw wrong("expected a whole number, of which bit " + bit + " is meant, got " + shown(value));
  }

  private IllegalArgumentException wrong(String reason) {
    return new IllegalArgumentException("fields." + field + ": " + reason);
  }

  private static String shown(Object value) {
    if (value instanceof Map) {
      return "an object";
    }
    if (value instanceof List) {
      return "an array";
    }
    String text = Objects.toString(value);
    String brief = text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text;
    return value instanceof String ? '"' + brief + '"' : brief;
  }
}
