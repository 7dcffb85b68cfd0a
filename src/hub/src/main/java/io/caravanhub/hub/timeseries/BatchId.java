package io.caravanhub.hub.timeseries;

/**
 * What the column batch_id says: bit 62 set, 40 bits that number the batch, and in the lowest 22
 * the id of the mapping version that made the row. So a row names its mapping without a word of its
 * own; {@code telemetry_mapping} of the database reads it back.
 */
final class BatchId {
  private static final long MARK = 1L << 62;
  private static final int MAPPING_BITS = 22;
  private static final long BATCHES = (1L << 40) - 1;

  /** 2026-01-01, from which batches count in milliseconds: enough until 2060. */
  private static final long EPOCH_MILLIS = 1_767_225_600_000L;

  private BatchId() {}

  /** The number before that of the first batch of a hub that starts now. */
  static long first(long nowMillis) {
    return nowMillis - EPOCH_MILLIS;
  }

  /** The batch_id of a row; an id that has no room is left out. */
  static long of(long batch, int mapping) {
    int named = mapping >>> MAPPING_BITS == 0 ? mapping : 0;
    return MARK | (batch & BATCHES) << MAPPING_BITS | named;
  }
}
