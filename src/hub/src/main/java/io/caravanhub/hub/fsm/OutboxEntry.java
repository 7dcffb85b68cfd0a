package io.caravanhub.hub.fsm;

import java.util.UUID;

/**
 * An action taken out for one attempt.
 *
 * @param kind for instance {@code work_order}
 * @param lookUp whether an earlier attempt may have arrived, so that the FSM must be asked first
 * @param attempts including this one
 * @param payload the facts of the action as JSON, from which the adapter renders the call
 */
public record OutboxEntry(
    UUID id,
    String tenant,
    String kind,
    boolean lookUp,
    String externalIdentifier,
    String idempotencyKey,
    int attempts,
    String payload) {

  /** Path of the FSM's collection below its base URL, for instance {@code work-orders}. */
  public String path() {
    return kind.replace('_', '-') + "s";
  }

  /** Name of the adapter's template, for instance {@code work-order}. */
  public String template() {
    return kind.replace('_', '-');
  }
}
