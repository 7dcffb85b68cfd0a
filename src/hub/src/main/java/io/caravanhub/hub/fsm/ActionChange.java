package io.caravanhub.hub.fsm;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Published to the application after the commit that moved an action to another state.
 *
 * @param fsmId the FSM's own id once it is accepted
 * @param error what went wrong, if anything
 */
public record ActionChange(
    String tenant,
    UUID id,
    String kind,
    String state,
    String externalIdentifier,
    @Nullable String fsmId,
    @Nullable String error) {}
