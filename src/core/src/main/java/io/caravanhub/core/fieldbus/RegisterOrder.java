package io.caravanhub.core.fieldbus;

/**
 * In what order the bytes of a number come, A the most significant. Modbus says how a register is
 * sent (Application Protocol V1.1b3, clause 4.2), not how two of them make a number; the names are
 * those the manuals use, and hold for four registers as for two.
 */
enum RegisterOrder {
  /** Big-endian. */
  ABCD(false, false),
  /** Registers from the least significant on, each big-endian. */
  CDAB(true, false),
  /** Registers from the most significant on, the bytes of each swapped. */
  BADC(false, true),
  /** Little-endian. */
  DCBA(true, true);

  private final boolean littleWords;
  private final boolean littleBytes;

  RegisterOrder(boolean littleWords, boolean littleBytes) {
    this.littleWords = littleWords;
    this.littleBytes = littleBytes;
  }

  /** Whether the least significant register comes first. */
  boolean littleWords() {
    return littleWords;
  }

  /** The bytes from the most significant on; the way back is the same. */
  byte[] arrange(byte[] block, int at, int words) {
    byte[] bytes = new byte[2 * words];
    for (int word = 0; word < words; word++) {
      int from = at + 2 * (littleWords ? words - 1 - word : word);
      bytes[2 * word] = block[littleBytes ? from + 1 : from];
      bytes[2 * word + 1] = block[littleBytes ? from : from + 1];
    }
    return bytes;
  }

  /** The characters of a text; only the bytes within a register may be swapped. */
  byte[] arrangeText(byte[] block, int at, int words) {
    return (littleBytes ? BADC : ABCD).arrange(block, at, words);
  }
}
