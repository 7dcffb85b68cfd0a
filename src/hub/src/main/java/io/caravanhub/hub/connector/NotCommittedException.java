package io.caravanhub.hub.connector;

/** An answer of a cloud that could not be stored; the watermark stays where it was. */
final class NotCommittedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  NotCommittedException(String reason, Throwable cause) {
    super(reason, cause, false, false);
  }

  String reason() {
    return String.valueOf(getMessage());
  }
}
