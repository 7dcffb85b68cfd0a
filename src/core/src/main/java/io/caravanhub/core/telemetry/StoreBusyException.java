package io.caravanhub.core.telemetry;

/** The store is behind: nothing was taken, the sender should try again after a while. */
public final class StoreBusyException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StoreBusyException(String message) {
    super(message);
  }

  public StoreBusyException(String message, Throwable cause) {
    super(message, cause);
  }
}
