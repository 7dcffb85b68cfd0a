package io.caravanhub.hub.archive;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A message as received, and what it was made into.
 *
 * @param mapping the mapping that was applied, or null
 * @param headers JSON object of the headers it travelled with
 * @param madeMetrics metric ids of the rows it made, side by side with {@code madeAt}
 * @param madeAt their times, microseconds since 1970-01-01 UTC
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record RawMessage(
    String tenant,
    Instant receivedAt,
    UUID device,
    String source,
    @Nullable String mapping,
    String headers,
    byte[] payload,
    int[] madeMetrics,
    long[] madeAt) {
  private static final int FIXED = 200;

  /** About what it takes in memory. */
  int weight() {
    return FIXED + payload.length + headers.length() + 12 * madeMetrics.length;
  }
}
