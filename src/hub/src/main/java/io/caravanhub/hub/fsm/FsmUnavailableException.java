package io.caravanhub.hub.fsm;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The FSM answered that it cannot serve now (5xx or 408); counts against the breaker. */
public final class FsmUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient @Nullable Duration retryAfter;

  FsmUnavailableException(String answer, @Nullable Duration retryAfter) {
    super(answer);
    this.retryAfter = retryAfter;
  }

  /** How long the FSM asks to be left alone, or null when it did not say. */
  public @Nullable Duration retryAfter() {
    return retryAfter;
  }
}
