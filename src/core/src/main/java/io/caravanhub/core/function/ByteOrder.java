package io.caravanhub.core.function;

import org.jspecify.annotations.Nullable;

/**
 * How makers order the bytes of a number in registers, written as the Modbus world does: A is the
 * highest byte of a 32-bit number, two letters a register.
 */
enum ByteOrder {
  ABCD(false, false),
  CDAB(true, false),
  BADC(false, true),
  DCBA(true, true);

  private final boolean registersReversed;
  private final boolean bytesSwapped;

  ByteOrder(boolean registersReversed, boolean bytesSwapped) {
    this.registersReversed = registersReversed;
    this.bytesSwapped = bytesSwapped;
  }

  static ByteOrder of(String function, @Nullable Object name) {
    String text = Arguments.optionalText(function, "order", name);
    if (text == null) {
      return ABCD;
    }
    for (ByteOrder order : values()) {
      if (order.name().equals(text)) {
        return order;
      }
    }
    throw Arguments.wrong(function, "expected the order ABCD, CDAB, BADC or DCBA", text);
  }

  /** The registers joined to one number, the first holding the highest part unless reversed. */
  long join(int... registers) {
    long joined = 0;
    for (int i = 0; i < registers.length; i++) {
      int register = registers[registersReversed ? registers.length - 1 - i : i];
      joined =
          joined << 16
              | (bytesSwapped ? (register & 0xFF) << 8 | register >> 8 : register) & 0xFFFF;
    }
    return joined;
  }
}
