package io.caravanhub.core.fieldbus;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** How registers hold a value. */
enum RegisterType {
  INT16(1),
  UINT16(1),
  INT32(2),
  UINT32(2),
  FLOAT32(2),
  INT64(4),
  UINT64(4),
  FLOAT64(4),
  /** Four decimal digits, four bits each. */
  BCD16(1),
  /** Eight decimal digits. */
  BCD32(2),
  /** ASCII, two characters a register; ends with the first zero, blanks at its end left out. */
  STRING(0),
  /** One coil or discrete input. */
  BIT(1);

  private final int words;

  RegisterType(int words) {
    this.words = words;
  }

  /** Number of registers; 0 for a text, whose point says how long it is. */
  int words() {
    return words;
  }

  boolean isInteger() {
    return this != FLOAT32 && this != FLOAT64 && this != STRING && this != BIT;
  }

  /**
   * Reads the value, a Number or a String.
   *
   * @param block bytes of consecutive registers
   * @param at index of its first byte
   * @param words number of registers
   * @throws IllegalArgumentException when they hold no such value
   */
  Object decode(byte[] block, int at, int words, RegisterOrder order) {
    if (this == STRING) {
      return text(order.arrangeText(block, at, words));
    }
    ByteBuffer bytes = ByteBuffer.wrap(order.arrange(block, at, words));
    return switch (this) {
      case INT16 -> bytes.getShort();
      case UINT16 -> bytes.getShort() & 0xFFFF;
      case INT32 -> bytes.getInt();
      case UINT32 -> bytes.getInt() & 0xFFFF_FFFFL;
      case FLOAT32 -> decimal(bytes.getFloat());
      case INT64 -> bytes.getLong();
      case UINT64 -> new BigInteger(1, bytes.array());
      case FLOAT64 -> bytes.getDouble();
      case BCD16, BCD32 -> digits(bytes.array());
      case STRING, BIT -> throw new IllegalStateException(this + " is decoded elsewhere");
    };
  }

  /**
   * The registers that hold a number.
   *
   * @throws IllegalArgumentException when they cannot
   */
  byte[] encode(BigDecimal value, RegisterOrder order) {
    ByteBuffer bytes = ByteBuffer.allocate(2 * words);
    switch (this) {
      case FLOAT32 -> bytes.putFloat(value.floatValue());
      case FLOAT64 -> bytes.putDouble(value.doubleValue());
      case STRING, BIT -> throw new IllegalArgumentException("no number can be written to it");
      default -> bytes.put(bits(value.setScale(0, RoundingMode.HALF_UP).toBigIntegerExact()));
    }
    return order.arrange(bytes.array(), 0, words);
  }

  private byte[] bits(BigInteger value) {
    boolean bcd = this == BCD16 || this == BCD32;
    boolean unsigned = bcd || this == UINT16 || this == UINT32 || this == UINT64;
    BigInteger least = unsigned ? BigInteger.ZERO : BigInteger.TWO.pow(16 * words - 1).negate();
    BigInteger most =
        bcd
            ? BigInteger.TEN.pow(4 * words).subtract(BigInteger.ONE)
            : BigInteger.TWO.pow(16 * words - (unsigned ? 0 : 1)).subtract(BigInteger.ONE);
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      throw new IllegalArgumentException(
          "the register holds " + least + " to " + most + ", not " + value);
    }
    BigInteger raw = bcd ? new BigInteger(value.toString(), 16) : value;
    byte[] bytes = new byte[2 * words];
    for (int i = 0; i < bytes.length; i++) {
      bytes[bytes.length - 1 - i] = raw.shiftRight(8 * i).byteValue();
    }
    return bytes;
  }

  /**
   * The number these bits mean in this type, given in decimal or as {@code 0x8000}.
   *
   * @throws IllegalArgumentException when it is no number or the type is no integer
   */
  Number number(String bits) {
    boolean hex = bits.startsWith("0x") || bits.startsWith("0X");
    BigInteger value = new BigInteger(hex ? bits.substring(2) : bits, hex ? 16 : 10);
    if (!isInteger() || value.bitLength() > 16 * words) {
      throw new IllegalArgumentException(bits + " is no " + this);
    }
    byte[] block = new byte[2 * words];
    for (int i = 0; i < block.length; i++) {
      block[block.length - 1 - i] = value.shiftRight(8 * i).byteValue();
    }
    return (Number) decode(block, 0, words, RegisterOrder.ABCD);
  }

  private static Number digits(byte[] bytes) {
    String hex = new BigInteger(1, bytes).toString(16);
    try {
      return Long.parseLong(hex);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("the device gave no BCD number (0x" + hex + ")", e);
    }
  }

  private static String text(byte[] bytes) {
    int end = 0;
    while (end < bytes.length && bytes[end] != 0) {
      end++;
    }
    return new String(Arrays.copyOf(bytes, end), StandardCharsets.ISO_8859_1).strip();
  }

  // The decimal number the device shows: 13.2f is 13.2, not 13.199999809265137.
  private static double decimal(float value) {
    return Float.isFinite(value) ? Double.parseDouble(Float.toString(value)) : value;
  }
}
