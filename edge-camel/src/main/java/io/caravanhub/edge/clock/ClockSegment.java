package io.caravanhub.edge.clock;

import org.jspecify.annotations.Nullable;

/**
 * A stretch of time in which the gateway's clock ran without a jump. Every record in the spool
 * names its own; once the offset is settled it never changes, so that a record that is sent again
 * carries the same time.
 *
 * @param id rises with time
 * @param boot the machine's start it belongs to
 * @param base clock on the wall minus monotonic clock, milliseconds
 * @param wallStart clock on the wall where it began, epoch milliseconds
 * @param offset what is added to the clock on the wall for the hub's time, milliseconds; null while
 *     or because it is not known
 * @param settled whether records were or may have been sent with this offset
 */
public record ClockSegment(
    long id, String boot, long base, long wallStart, @Nullable Long offset, boolean settled) {
  ClockSegment settledAt(@Nullable Long found) {
    return new ClockSegment(id, boot, base, wallStart, found, true);
  }
}
