package io.caravanhub.core.function;

import com.dashjoin.jsonata.JException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Arguments as JSONata hands them over. What is absent or null stays nothing, so that a reading
 * that is not in the payload is left out of the result; anything of the wrong kind is an error that
 * names function and value.
 */
final class Arguments {
  private static final int SHOWN = 40;

  private Arguments() {}

  /** Whether the argument is absent or JSON's null, which the library has an object for. */
  static boolean isNothing(@Nullable Object value) {
    return value == null || value.getClass().getName().startsWith("com.dashjoin.jsonata.Jsonata$");
  }

  static @Nullable Double number(String function, @Nullable Object value) {
    if (isNothing(value)) {
      return null;
    }
    if (value instanceof Number number) {
      return number.doubleValue();
    }
    throw wrong(function, "expected a number", value);
  }

  static double number(String function, @Nullable Object value, double otherwise) {
    Double number = number(function, value);
    return number == null ? otherwise : number;
  }

  /** A number that must be there: a factor, a limit, a position. */
  static double required(String function, String name, @Nullable Object value) {
    Double number = number(function, value);
    if (number == null) {
      throw wrong(function, "expected a number as " + name, value);
    }
    return number;
  }

  /** A whole number within limits. */
  static long whole(String function, String name, @Nullable Object value, long low, long high) {
    double number = required(function, name, value);
    if (number != Math.rint(number) || number < low || number > high) {
      throw wrong(function, "expected a whole " + name + " from " + low + " to " + high, value);
    }
    return (long) number;
  }

  /** One register: 0 to 65535, or -32768 to 32767 from a driver that reads them as signed. */
  static int register(String function, @Nullable Object value) {
    return (int) whole(function, "register", value, -32_768, 65_535) & 0xFFFF;
  }

  static String text(String function, String name, @Nullable Object value) {
    if (value instanceof String text) {
      return text;
    }
    throw wrong(function, "expected a text as " + name, value);
  }

  static @Nullable String optionalText(String function, String name, @Nullable Object value) {
    return isNothing(value) ? null : text(function, name, value);
  }

  static List<?> list(String function, String name, @Nullable Object value) {
    if (value instanceof List<?> list) {
      return list;
    }
    throw wrong(function, "expected an array as " + name, value);
  }

  static JException wrong(String function, String expected, @Nullable Object value) {
    return new JException("$" + function + ": " + expected + ", got " + shape(value), -1);
  }

  /** A number as JSONata would write it: whole ones without a point. */
  static Number result(double value) {
    long whole = (long) value;
    if (whole == value && Math.abs(value) < 1L << 53) {
      return result(whole);
    }
    return value;
  }

  static Number result(long value) {
    if (value == (int) value) {
      return (int) value;
    }
    return value;
  }

  private static String shape(@Nullable Object value) {
    if (isNothing(value)) {
      return "nothing";
    }
    if (value instanceof Map) {
      return "an object";
    }
    if (value instanceof List) {
      return "an array";
    }
    String text = String.valueOf(value);
    String shown = text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text;
    return value instanceof String ? '"' + shown + '"' : shown;
  }
}
