package io.caravanhub.edge.uplink;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The hub has not taken a message and wants it again later. */
final class NotNowException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final @Nullable Duration after;
  private final boolean ofThis;

  /**
   * @param after when the hub wants it again, or null when it does not say
   * @param ofThis whether the reason lies in the message, as far as the answer tells
   */
  NotNowException(String message, @Nullable Duration after, boolean ofThis) {
    super(message);
    this.after = after;
    this.ofThis = ofThis;
  }

  boolean ofThis() {
    return ofThis;
  }

  @Nullable Duration after() {
    return after;
  }
}
