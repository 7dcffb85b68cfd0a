package io.caravanhub.hub.notify;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A message taken out for one attempt.
 *
 * @param channel over which, or null for a webhook
 * @param subscription of a webhook, else null
 * @param name of the template or of what happened
 * @param step how often it was told before to others
 * @param facts as JSON
 * @param attempts including this one
 * @param unsure how many attempts may have arrived
 */
record MessageEntry(
    UUID id,
    String tenant,
    String kind,
    @Nullable UUID channel,
    @Nullable UUID subscription,
    @Nullable UUID recipient,
    @Nullable UUID event,
    String name,
    String act,
    int step,
    String address,
    boolean urgent,
    String facts,
    int attempts,
    int unsure,
    Instant createdAt) {

  ObjectNode json() {
    return EventFacts.read(facts);
  }
}
