package io.caravanhub.hub.console;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A message that could not be used.
 *
 * @param field pointer to the field that is wrong, or null when the whole message is
 * @param mapping name of the mapping that was to map it, or null
 * @param preview the first part of the payload as text
 * @param size of the whole payload in bytes
 */
public record DeadLetterLine(
    String id,
    @Nullable String device,
    String source,
    @Nullable String field,
    String reason,
    @Nullable String mapping,
    String preview,
    int size,
    int tries,
    String status,
    Instant createdAt,
    Instant lastTryAt) {

  /** The page of its mapping, with this message in it; null when no mapping is known. */
  public @Nullable String mappingPage() {
    return mapping == null ? null : "/mappings/" + mapping.replace('/', ':') + "?letter=" + id;
  }
}
