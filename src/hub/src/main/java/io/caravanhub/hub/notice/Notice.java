package io.caravanhub.hub.notice;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something the hub says about itself.
 *
 * @param kind what it is about; of each kind one is open at most
 * @param resolvedAt when it ceased to be so, or null while it lasts
 */
public record Notice(
    String id,
    String kind,
    String severity,
    String message,
    Instant openedAt,
    Instant lastSeenAt,
    @Nullable String acknowledgedBy,
    @Nullable Instant resolvedAt) {}
