package io.caravanhub.hub.connector;

/** Credentials that do not open. */
public final class SecretException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  SecretException(String message) {
    super(message, null, false, false);
  }
}
