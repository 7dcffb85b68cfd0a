package io.caravanhub.core.function;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Numbers out of 16-bit registers in the order of their addresses; called by the library. What is
 * no number (NaN, infinite) is nothing.
 */
public final class RegisterFunctions {
  private RegisterFunctions() {}

  public static @Nullable Object int8(@Nullable Object value) {
    return Arguments.isNothing(value)
        ? null
        : (Object) (int) (byte) Arguments.whole("int8", "byte", value, -128, 255);
  }

  public static @Nullable Object int16(@Nullable Object value) {
    return Arguments.isNothing(value)
        ? null
        : (Object) (int) (short) Arguments.register("int16", value);
  }

  public static @Nullable Object uint16(@Nullable Object value) {
    return Arguments.isNothing(value) ? null : (Object) Arguments.register("uint16", value);
  }

  /** Binary coded decimals: 0x1234 is 1234. */
  public static @Nullable Object bcd(@Nullable Object value) {
    if (Arguments.isNothing(value)) {
      return null;
    }
    long rest = Arguments.whole("bcd", "number", value, 0, 0xFFFF_FFFFL);
    long result = 0;
    for (long place = 1; rest > 0; place *= 10, rest >>= 4) {
      if ((rest & 15) > 9) {
        throw Arguments.wrong("bcd", "expected digits from 0 to 9 in each four bits", value);
      }
      result += (rest & 15) * place;
    }
    return Arguments.result(result);
  }

  public static @Nullable Object int32(
      @Nullable Object first, @Nullable Object second, @Nullable Object order) {
    Long bits = two("int32", first, second, order);
    return bits == null ? null : (Object) (int) (long) bits;
  }

  public static @Nullable Object uint32(
      @Nullable Object first, @Nullable Object second, @Nullable Object order) {
    Long bits = two("uint32", first, second, order);
    return bits == null ? null : Arguments.result((long) bits);
  }

  /** IEEE 754 single precision, told in the digits that it holds: 21.3 and not 21.299999237. */
  public static @Nullable Object float32(
      @Nullable Object first, @Nullable Object second, @Nullable Object order) {
    Long bits = two("float32", first, second, order);
    return bits == null ? null : single((int) (long) bits);
  }

  public static @Nullable Object int64(@Nullable Object registers, @Nullable Object order) {
    Long bits = four("int64", registers, order);
    return bits == null ? null : Arguments.result((long) bits);
  }

  /** Above 2^53 the nearest number there is. */
  public static @Nullable Object uint64(@Nullable Object registers, @Nullable Object order) {
    Long bits = four("uint64", registers, order);
    return bits == null
        ? null
        : bits >= 0
            ? Arguments.result((long) bits)
            : (Object) Double.parseDouble(Long.toUnsignedString(bits));
  }

  public static @Nullable Object float64(@Nullable Object registers, @Nullable Object order) {
    Long bits = four("float64", registers, order);
    return bits == null ? null : finite(Double.longBitsToDouble(bits));
  }

  /** Text in registers, two characters each, up to the first NUL; blanks at its end left out. */
  public static @Nullable Object registersText(@Nullable Object registers, @Nullable Object order) {
    if (Arguments.isNothing(registers)) {
      return null;
    }
    ByteOrder by = ByteOrder.of("registersText", order);
    StringBuilder text = new StringBuilder();
    for (Object register : Arguments.list("registersText", "registers", registers)) {
      long both = by.join(Arguments.register("registersText", register));
      text.append((char) (both >> 8)).append((char) (both & 0xFF));
    }
    int end = text.indexOf("\0");
    return text.substring(0, end < 0 ? text.length() : end).strip();
  }

  static @Nullable Object single(int bits) {
    float value = Float.intBitsToFloat(bits);
    return finite(Double.parseDouble(Float.toString(value)));
  }

  static @Nullable Object finite(double value) {
    return Double.isFinite(value) ? Arguments.result(value) : null;
  }

  private static @Nullable Long two(
      String function, @Nullable Object first, @Nullable Object second, @Nullable Object order) {
    if (Arguments.isNothing(first) || Arguments.isNothing(second)) {
      return null;
    }
    return ByteOrder.of(function, order)
        .join(Arguments.register(function, first), Arguments.register(function, second));
  }

  private static @Nullable Long four(
      String function, @Nullable Object registers, @Nullable Object order) {
    if (Arguments.isNothing(registers)) {
      return null;
    }
    List<?> list = Arguments.list(function, "registers", registers);
    if (list.size() != 4) {
      throw Arguments.wrong(function, "expected four registers", list.size());
    }
    int[] all = new int[4];
    for (int i = 0; i < 4; i++) {
      all[i] = Arguments.register(function, list.get(i));
    }
    return ByteOrder.of(function, order).join(all);
  }
}
