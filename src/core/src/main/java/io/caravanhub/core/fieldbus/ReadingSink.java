package io.caravanhub.core.fieldbus;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Takes what a device says of itself, between polls. Counts from the first read of the link on, and
 * no more once the link is closed. Safe for many threads; never blocks.
 */
interface ReadingSink {
  /** Values as the device sent them, oldest first. */
  void changed(List<Reading> readings);

  /** Values that came about together, at a time the device tells. */
  default void changed(Instant at, List<Reading> readings) {
    changed(readings);
  }

  /**
   * What the device says of its alarms.
   *
   * @param at when it was heard; what was heard later has a later millisecond
   * @return completes when that is kept; fails when it could not be
   */
  default CompletableFuture<Void> alarms(Instant at, Alarms said) {
    return CompletableFuture.failedFuture(new UnsupportedOperationException("nobody wants alarms"));
  }

  /** Whether so many readings wait that more would be dropped soon: more is to stay where it is. */
  default boolean full() {
    return false;
  }

  /** The connection is of no use any more: it is closed, and opened again after the back-off. */
  void lost(Throwable why);

  /** The connection had gone unused and was opened again, without anything being lost by it. */
  default void reconnected() {}
}
