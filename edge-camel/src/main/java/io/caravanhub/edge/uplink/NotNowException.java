package io.caravanhub.edge.uplink;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The hub has not taken a message and wants it again later. */
final class NotNowException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final @Nullable Duration after;

  /**
   * @param after when the hub wants it again, or null when it does not say
   */
  NotNowException(String message, @Nullable Duration after) {
    super(message);
    this.after = after;
  }

  @Nullable Duration after() {
    return after;
  }
}
