package io.caravanhub.hub.console;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An action of the outbox as a list shows it.
 *
 * @param priority 1 (now) to 5, or 0 when the action has none
 * @param fsmId the FSM system's number, once it has one
 */
public record OrderLine(
    String id,
    String kind,
    String title,
    String asset,
    String deviceId,
    int priority,
    String state,
    int attempts,
    @Nullable String fsmId,
    @Nullable String lastError,
    Instant createdAt) {
  /** How the hub's own reason begins when it holds what it cannot ask about. */
  private static final String IN_DOUBT = "it may have arrived";

  /** Whether it may be at the FSM system without the hub's knowing: a person has to look. */
  public boolean inDoubt() {
    return state.equals("UNKNOWN")
        || state.equals("HELD") && lastError != null && lastError.startsWith(IN_DOUBT);
  }

  /** Whether the error is still of interest: the action has not arrived yet. */
  public boolean failing() {
    return lastError != null
        && (state.equals("PLANNED")
            || state.equals("SENDING")
            || state.equals("UNKNOWN")
            || state.equals("HELD")
            || state.equals("DEAD"));
  }
}
