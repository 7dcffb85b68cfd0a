package io.caravanhub.hub.connector;

/** Another hub polls this connection now. */
final class LeaseLostException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LeaseLostException() {
    super("another hub polls this connection now", null, false, false);
  }
}
