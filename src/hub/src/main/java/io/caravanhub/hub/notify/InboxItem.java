package io.caravanhub.hub.notify;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A message in the console.
 *
 * @param eventId what it is about, or null
 * @param severity low, medium, high or critical
 * @param title one line
 * @param body some lines of plain text
 * @param link where there is more, or null
 * @param read whether the person who asks has read it
 */
public record InboxItem(
    UUID id,
    @JsonProperty("event_id") @Nullable UUID eventId,
    String severity,
    String title,
    String body,
    @Nullable String link,
    @JsonProperty("created_at") Instant createdAt,
    boolean read) {}
