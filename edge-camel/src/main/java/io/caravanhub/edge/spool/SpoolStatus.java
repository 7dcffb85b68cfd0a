package io.caravanhub.edge.spool;

import org.jspecify.annotations.Nullable;

/**
 * How the spool stands.
 *
 * @param records in the file
 * @param bytes of the file in use
 * @param maxBytes what it may hold
 * @param oldest when the oldest was received, epoch milliseconds of the clock then; null when empty
 * @param oldestClock clock segment of the oldest
 * @param dropped gone because the spool was too large or they too old
 * @param refused not taken, their sources were told
 * @param thinned gone because the older half was thinned
 * @param corrupt files set aside
 * @param damaged records left out because they were not what had been put in
 * @param oversized messages too large for the hub, set aside as files
 * @param setAside the file that was set aside last, null when none was since the start
 */
public record SpoolStatus(
    long records,
    long bytes,
    long maxBytes,
    @Nullable Long oldest,
    long oldestClock,
    long dropped,
    long refused,
    long thinned,
    long corrupt,
    long damaged,
    long oversized,
    @Nullable String setAside) {}
