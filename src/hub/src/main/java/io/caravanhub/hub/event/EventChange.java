package io.caravanhub.hub.event;

import java.time.Instant;
import java.util.UUID;

/**
 * Published to the application after the commit that raised or resolved an event.
 *
 * @param status the status after it: {@code open} or {@code resolved}
 * @param serial of the device
 */
public record EventChange(
    String tenant,
    UUID id,
    String status,
    String type,
    String severity,
    String serial,
    String message,
    Instant at) {}
