package io.caravanhub.edge.rule;

import org.jspecify.annotations.Nullable;

/** What a journal remembers. Times are epoch milliseconds. */
sealed interface JournalEntry {

  /**
   * A good reading.
   *
   * @param value NaN of a text
   */
  record Read(String metric, @Nullable String unit, long time, double value, @Nullable String text)
      implements JournalEntry {}

  /**
   * An event of a rule.
   *
   * @param onset when its condition began
   * @param endedAt {@link Long#MIN_VALUE} while it is open
   * @param body what the hub is to be told of it; empty when that was handed on
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Event(String rule, long onset, long endedAt, byte[] body) implements JournalEntry {
    boolean isOpen() {
      return endedAt == Long.MIN_VALUE;
    }
  }

  /** Of the events with a body the oldest was handed on. */
  record Told() implements JournalEntry {}

  /** The device was heard then. */
  record Heard(long time) implements JournalEntry {}
}
