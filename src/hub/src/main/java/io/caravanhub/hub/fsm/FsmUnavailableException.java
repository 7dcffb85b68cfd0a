package io.caravanhub.hub.fsm;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The FSM answered that it cannot serve now (5xx or 408); counts against the breaker. */
public final class FsmUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final transient @Nullable Duration retryAfter;

  FsmUnavailableException(FsmAnswer answer) {
    super(answer.shown());
    this.status = answer.status();
    this.retryAfter = answer.retryAfter();
  }

  /** The HTTP status. */
  public int status() {
    return status;
  }

  /** How long the FSM asks to be left alone, or null when it did not say. */
  public @Nullable Duration retryAfter() {
    return retryAfter;
  }
}
