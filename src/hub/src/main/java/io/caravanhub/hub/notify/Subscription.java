package io.caravanhub.hub.notify;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A system that wants to hear what happens.
 *
 * @param wants names of what happens; {@code *} is all, {@code event.*} all of events
 * @param credentials sealed: {@code secret}, and for a time {@code before} and {@code before_until}
 */
record Subscription(
    UUID id,
    String tenant,
    String name,
    String url,
    List<String> wants,
    boolean enabled,
    byte @Nullable [] credentials,
    @Nullable String disabledReason,
    int failures,
    @Nullable Instant failingSince,
    @Nullable Instant lastSuccess,
    @Nullable String lastError) {

  String owner() {
    return tenant + "/webhook-subscription/" + id;
  }

  boolean wants(String name) {
    return wants.stream()
        .anyMatch(
            w ->
                w.equals("*")
                    || w.equals(name)
                    || w.endsWith(".*") && name.startsWith(w.substring(0, w.length() - 1)));
  }
}
