package io.caravanhub.core.function;

import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Binary payloads in JSON, as LoRaWAN servers send them: an array of bytes, read at a place.
 * Positions count from 0; what lies beyond the end is nothing. Called by the library.
 */
public final class ByteFunctions {
  private static final int LONGEST = 65_536;

  private ByteFunctions() {}

  /** The bytes of a text in {@code base64} or {@code hex}. */
  public static @Nullable Object bytes(@Nullable Object value, @Nullable Object encoding) {
    String text = Arguments.optionalText("bytes", "value", value);
    if (text == null) {
      return null;
    }
    String how = Arguments.text("bytes", "encoding", encoding);
    if (text.length() > LONGEST) {
      throw Arguments.wrong("bytes", "expected at most " + LONGEST + " characters", text.length());
    }
    byte[] bytes;
    try {
      bytes =
          switch (how) {
            case "base64" -> Base64.getMimeDecoder().decode(text);
            case "hex" -> HexFormat.of().parseHex(text.replaceAll("[ :-]", ""));
            default -> throw Arguments.wrong("bytes", "expected base64 or hex", how);
          };
    } catch (IllegalArgumentException e) {
      throw Arguments.wrong("bytes", "expected bytes in " + how, text);
    }
    List<Object> list = new ArrayList<>(bytes.length);
    for (byte b : bytes) {
      list.add(b & 0xFF);
    }
    return list;
  }

  /** An unsigned number of one to six bytes. */
  public static @Nullable Object uint(
      @Nullable Object bytes,
      @Nullable Object at,
      @Nullable Object length,
      @Nullable Object order) {
    int size =
        Arguments.isNothing(length) ? 1 : (int) Arguments.whole("uint", "length", length, 1, 6);
    Long value = read("uint", bytes, at, size, order);
    return value == null ? null : Arguments.result((long) value);
  }

  /** A number of one to six bytes with its sign, two's complement. */
  public static @Nullable Object signed(
      @Nullable Object bytes,
      @Nullable Object at,
      @Nullable Object length,
      @Nullable Object order) {
    int size =
        Arguments.isNothing(length) ? 1 : (int) Arguments.whole("int", "length", length, 1, 6);
    Long value = read("int", bytes, at, size, order);
    int rest = 64 - size * 8;
    return value == null ? null : Arguments.result(value << rest >> rest);
  }

  /** IEEE 754, single precision in four bytes or double in eight. */
  public static @Nullable Object real(
      @Nullable Object bytes,
      @Nullable Object at,
      @Nullable Object length,
      @Nullable Object order) {
    int size =
        Arguments.isNothing(length) ? 4 : (int) Arguments.whole("float", "length", length, 4, 8);
    if (size != 4 && size != 8) {
      throw Arguments.wrong("float", "expected a length of 4 or 8", length);
    }
    Long bits = read("float", bytes, at, size, order);
    if (bits == null) {
      return null;
    }
    return size == 4
        ? RegisterFunctions.single((int) (long) bits)
        : RegisterFunctions.finite(Double.longBitsToDouble(bits));
  }

  /** Characters of ASCII, up to the first NUL. */
  public static @Nullable Object bytesText(
      @Nullable Object bytes, @Nullable Object at, @Nullable Object length) {
    if (Arguments.isNothing(bytes)) {
      return null;
    }
    List<?> list = Arguments.list("bytesText", "bytes", bytes);
    int from = (int) Arguments.whole("bytesText", "position", at == null ? 0 : at, 0, LONGEST);
    long most =
        Arguments.isNothing(length)
            ? LONGEST
            : Arguments.whole("bytesText", "length", length, 0, LONGEST);
    StringBuilder text = new StringBuilder();
    for (int i = from; i < list.size() && i < from + most; i++) {
      int b = one("bytesText", list.get(i));
      if (b == 0) {
        break;
      }
      text.append((char) b);
    }
    return text.toString();
  }

  /** The check sum of Modbus RTU (polynomial 0xA001, start 0xFFFF). */
  public static @Nullable Object crc16(@Nullable Object bytes) {
    if (Arguments.isNothing(bytes)) {
      return null;
    }
    int crc = 0xFFFF;
    for (Object b : Arguments.list("crc16", "bytes", bytes)) {
      crc ^= one("crc16", b);
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc & 1) == 1 ? crc >> 1 ^ 0xA001 : crc >> 1;
      }
    }
    return crc;
  }

  private static int one(String function, @Nullable Object value) {
    return (int) Arguments.whole(function, "byte", value, 0, 255);
  }

  private static @Nullable Long read(
      String function,
      @Nullable Object bytes,
      @Nullable Object at,
      int size,
      @Nullable Object order) {
    if (Arguments.isNothing(bytes)) {
      return null;
    }
    List<?> list =
        bytes instanceof Number ? List.of(bytes) : Arguments.list(function, "bytes", bytes);
    int from = (int) Arguments.whole(function, "position", at, 0, LONGEST);
    String text = Arguments.optionalText(function, "order", order);
    if (text != null && !text.equals("big") && !text.equals("little")) {
      throw Arguments.wrong(function, "expected the order big or little", text);
    }
    if (from + size > list.size()) {
      return null;
    }
    long value = 0;
    for (int i = 0; i < size; i++) {
      int place = "little".equals(text) ? size - 1 - i : i;
      value = value << 8 | one(function, list.get(from + place));
    }
    return value;
  }
}
