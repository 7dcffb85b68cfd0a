package io.caravanhub.hub.connector;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A tenant's connection with one OEM.
 *
 * @param credentials sealed, see {@link SecretBox}; null when it has none
 * @param every how often it polls, or null for what its connector says
 * @param position of the poll, as the last committed answer left it
 * @param epoch of the lease
 */
record Connection(
    UUID id,
    String tenant,
    String oem,
    String name,
    String kind,
    boolean enabled,
    boolean registers,
    Map<String, String> settings,
    byte @Nullable [] credentials,
    @Nullable Duration every,
    Map<String, String> position,
    long epoch,
    int failures,
    Instant nextPoll) {

  static String owner(String tenant, UUID id) {
    return tenant + "/" + id;
  }

  /** What credentials are bound to. */
  String owner() {
    return owner(tenant, id);
  }

  /** As it was before its first poll: everything is asked, whatever has come before. */
  Connection anew() {
    return new Connection(
        id,
        tenant,
        oem,
        name,
        kind,
        enabled,
        registers,
        settings,
        credentials,
        every,
        Map.of(),
        epoch,
        failures,
        nextPoll);
  }
}
