package io.caravanhub.sim.load;

import java.util.Arrays;
import java.util.BitSet;

/**
 * What one device sent: the timestamp of each message and whether it was acknowledged. Four bytes
 * and a bit a message. Not thread-safe: one thread at a time.
 */
final class Ledger {
  private final long base;
  private final BitSet acknowledged = new BitSet();
  private int[] offsets = new int[64];
  private int size;

  /**
   * An empty ledger.
   *
   * @param base milliseconds since 1970 that all timestamps are kept relative to
   */
  Ledger(long base) {
    this.base = base;
  }

  /** Enters a message and gives its number, counted from 0. */
  int add(long timestamp) {
    if (size == offsets.length) {
      offsets = Arrays.copyOf(offsets, size * 2);
    }
    offsets[size] = Math.toIntExact(timestamp - base);
    return size++;
  }

  long timestamp(int message) {
    return base + offsets[message];
  }

  /** The earliest timestamp; there must be one. */
  long first() {
    return base + Arrays.stream(offsets, 0, size).min().orElseThrow();
  }

  /** The latest timestamp; there must be one. */
  long last() {
    return base + Arrays.stream(offsets, 0, size).max().orElseThrow();
  }

  void acknowledge(int message) {
    acknowledged.set(message);
  }

  boolean isAcknowledged(int message) {
    return acknowledged.get(message);
  }

  int size() {
    return size;
  }

  int acknowledged() {
    return acknowledged.cardinality();
  }
}
