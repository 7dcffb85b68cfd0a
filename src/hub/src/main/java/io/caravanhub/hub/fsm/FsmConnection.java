package io.caravanhub.hub.fsm;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A tenant's connection with a field-service product.
 *
 * @param id null for the hub's own default, which has no row
 * @param join which orders that are open on an asset take in new evidence: {@code never}, {@code
 *     person} or {@code any}
 * @param credentials sealed; null when it has none
 * @param changedSince up to where changes have been read
 */
record FsmConnection(
    @Nullable UUID id,
    String tenant,
    String product,
    String name,
    boolean enabled,
    String join,
    Map<String, String> settings,
    byte @Nullable [] credentials,
    Instant changedSince,
    Instant updatedAt,
    @Nullable Instant lastSuccess,
    @Nullable String lastError) {

  /** What credentials are bound to. */
  String owner() {
    return "fsm/" + tenant + "/" + id;
  }
}
