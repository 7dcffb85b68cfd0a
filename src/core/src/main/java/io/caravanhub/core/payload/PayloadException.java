package io.caravanhub.core.payload;

import org.jspecify.annotations.Nullable;

/** A payload is not in the format declared for it, or the declaration itself cannot be used. */
public final class PayloadException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The message says what is wrong and where. */
  public PayloadException(String message) {
    super(message);
  }

  PayloadException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
