package io.caravanhub.core.fieldbus;

import java.math.BigInteger;
import java.nio.ByteBuffer;

/** How registers hold a number; each register is big-endian, the order of registers varies. */
enum RegisterType {
  INT16(1),
  UINT16(1),
  INT32(2),
  UINT32(2),
  FLOAT32(2),
  INT64(4),
  UINT64(4),
  FLOAT64(4);

  private final int words;

  RegisterType(int words) {
    this.words = words;
  }

  /** Number of registers. */
  int words() {
    return words;
  }

  /**
   * Reads the number.
   *
   * @param block bytes of consecutive registers
   * @param at index of its first byte
   * @param littleWords whether the least significant register comes first
   */
  Number decode(byte[] block, int at, boolean littleWords) {
    ByteBuffer bytes = ByteBuffer.allocate(2 * words);
    for (int word = 0; word < words; word++) {
      int from = at + 2 * (littleWords ? words - 1 - word : word);
      bytes.put(block[from]).put(block[from + 1]);
    }
    bytes.flip();
    return switch (this) {
      case INT16 -> bytes.getShort();
      case UINT16 -> bytes.getShort() & 0xFFFF;
      case INT32 -> bytes.getInt();
      case UINT32 -> bytes.getInt() & 0xFFFF_FFFFL;
      case FLOAT32 -> decimal(bytes.getFloat());
      case INT64 -> bytes.getLong();
      case UINT64 -> new BigInteger(1, bytes.array());
      case FLOAT64 -> bytes.getDouble();
    };
  }

  /**
   * The number these bits mean in this type, given in decimal or as {@code 0x8000}.
   *
   * @throws IllegalArgumentException when it is no number or the type is no integer
   */
  Number number(String bits) {
    boolean hex = bits.startsWith("0x") || bits.startsWith("0X");
    BigInteger value = new BigInteger(hex ? bits.substring(2) : bits, hex ? 16 : 10);
    if (this == FLOAT32 || this == FLOAT64 || value.bitLength() > 16 * words) {
      throw new IllegalArgumentException(bits + " is no " + this);
    }
    byte[] block = new byte[2 * words];
    for (int i = 0; i < block.length; i++) {
      block[block.length - 1 - i] = value.shiftRight(8 * i).byteValue();
    }
    return decode(block, 0, false);
  }

  // The decimal number the device shows: 13.2f is 13.2, not 13.199999809265137.
  private static double decimal(float value) {
    return Float.isFinite(value) ? Double.parseDouble(Float.toString(value)) : value;
  }
}
