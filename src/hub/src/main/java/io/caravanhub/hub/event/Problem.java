package io.caravanhub.hub.event;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What ails one asset in one family of events. A tenant has one open problem of an asset and
 * family, whichever hub's rules notice it; it is closed with the last of its events.
 *
 * @param id of the row in {@code problems}
 * @param asset id of the asset, or of the device that watches none
 * @param windowStart the onset of its first event; it never changes
 * @param recurrenceOf the closed problem that has come back in this one (within 30 days), or null
 */
public record Problem(
    UUID id, String asset, String family, Instant windowStart, @Nullable UUID recurrenceOf) {}
