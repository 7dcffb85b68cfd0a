package io.caravanhub.sim.load;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.IntSummaryStatistics;
import java.util.List;

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
   * @param base when the run began, milliseconds since 1970; what is older was filled in
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

  /**
   * A time whose rows are this run's alone, in milliseconds since 1970.
   *
   * @param from its first moment
   * @param to the first moment after it
   */
  record Span(long from, long to) {}

  /**
   * Where rows of this run may be: the time that was filled in, and that from the beginning of the
   * run on. Between the two lie the rows of earlier runs.
   *
   * @param until the end of the latter, unless a message is later still
   */
  List<Span> spans(long until) {
    List<Span> spans = new ArrayList<>(2);
    IntSummaryStatistics old =
        Arrays.stream(offsets, 0, size).filter(offset -> offset < 0).summaryStatistics();
    if (old.getCount() > 0) {
      spans.add(new Span(base + old.getMin(), base + old.getMax() + 1));
    }
    int last = Arrays.stream(offsets, 0, size).max().orElse(0);
    spans.add(new Span(base, Math.max(base + last + 1, until)));
    return spans;
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
