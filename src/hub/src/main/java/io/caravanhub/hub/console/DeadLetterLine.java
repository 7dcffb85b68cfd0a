package io.caravanhub.hub.console;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A message that could not be used.
 *
 * @param field pointer to the field that is wrong, or null when the whole message is
 * @param preview the first part of the payload as text
 * @param size of the whole payload in bytes
 */
public record DeadLetterLine(
    String id,
    @Nullable String device,
    String source,
    @Nullable String field,
    String reason,
    String preview,
    int size,
    int tries,
    String status,
    Instant createdAt,
    Instant lastTryAt) {}
