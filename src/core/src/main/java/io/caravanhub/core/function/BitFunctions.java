package io.caravanhub.core.function;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Bits of status and fault words, which are whole numbers below 2^53; called by the library. */
public final class BitFunctions {
  private static final long LARGEST = (1L << 53) - 1;

  private BitFunctions() {}

  /** Whether bit {@code index} is set, 0 being the lowest. */
  public static @Nullable Object bit(@Nullable Object word, @Nullable Object index) {
    Long bits = word("bit", word);
    return bits == null ? null : (bits >> Arguments.whole("bit", "bit", index, 0, 52) & 1) == 1;
  }

  /** The number in {@code count} bits from bit {@code first} on. */
  public static @Nullable Object bits(
      @Nullable Object word, @Nullable Object first, @Nullable Object count) {
    Long bits = word("bits", word);
    if (bits == null) {
      return null;
    }
    long from = Arguments.whole("bits", "first bit", first, 0, 52);
    long width = Arguments.whole("bits", "count", count, 1, 53);
    return Arguments.result(bits >> from & (1L << width) - 1);
  }

  public static @Nullable Object bitAnd(@Nullable Object a, @Nullable Object b) {
    Long left = word("bitAnd", a);
    return left == null ? null : Arguments.result(left & mask("bitAnd", b));
  }

  public static @Nullable Object bitOr(@Nullable Object a, @Nullable Object b) {
    Long left = word("bitOr", a);
    return left == null ? null : Arguments.result(left | mask("bitOr", b));
  }

  public static @Nullable Object bitXor(@Nullable Object a, @Nullable Object b) {
    Long left = word("bitXor", a);
    return left == null ? null : Arguments.result(left ^ mask("bitXor", b));
  }

  /** The other bits of a 16-bit word. */
  public static @Nullable Object bitNot(@Nullable Object word) {
    Long bits = word("bitNot", word);
    return bits == null ? null : Arguments.result(~bits & 0xFFFF);
  }

  public static @Nullable Object shiftLeft(@Nullable Object word, @Nullable Object by) {
    Long bits = word("shiftLeft", word);
    return bits == null
        ? null
        : Arguments.result(bits << Arguments.whole("shiftLeft", "count", by, 0, 52) & LARGEST);
  }

  public static @Nullable Object shiftRight(@Nullable Object word, @Nullable Object by) {
    Long bits = word("shiftRight", word);
    return bits == null
        ? null
        : Arguments.result(bits >> Arguments.whole("shiftRight", "count", by, 0, 52));
  }

  /** Names of the bits that are set: from a list (place = bit) or an object (bit: name). */
  public static @Nullable Object flags(@Nullable Object word, @Nullable Object names) {
    Long bits = word("flags", word);
    if (bits == null) {
      return null;
    }
    Map<Integer, Object> byBit = new TreeMap<>();
    if (names instanceof Map<?, ?> map) {
      map.forEach((bit, name) -> byBit.put(index(String.valueOf(bit)), name));
    } else {
      List<?> list = Arguments.list("flags", "names", names);
      for (int i = 0; i < list.size(); i++) {
        byBit.put(i, list.get(i));
      }
    }
    List<Object> set = new ArrayList<>();
    byBit.forEach(
        (bit, name) -> {
          if (bit < 53 && (bits >> bit & 1) == 1 && !"".equals(name)) {
            set.add(name);
          }
        });
    return set;
  }

  private static int index(String bit) {
    if (bit.length() > 2 || !bit.chars().allMatch(c -> c >= '0' && c <= '9') || bit.isEmpty()) {
      throw Arguments.wrong("flags", "expected bits from 0 to 52 as names' keys", bit);
    }
    return Integer.parseInt(bit);
  }

  private static @Nullable Long word(String function, @Nullable Object value) {
    if (Arguments.isNothing(value)) {
      return null;
    }
    long word = Arguments.whole(function, "number", value, -(1L << 31), LARGEST);
    // A driver that reads registers as signed gives 0x8000 as -32768.
    return word >= 0 ? word : word >= -32_768 ? word & 0xFFFF : word & 0xFFFF_FFFFL;
  }

  private static long mask(String function, @Nullable Object value) {
    Long mask = word(function, value);
    if (mask == null) {
      throw Arguments.wrong(function, "expected a whole number", value);
    }
    return mask;
  }
}
