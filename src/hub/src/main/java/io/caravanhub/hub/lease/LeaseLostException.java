package io.caravanhub.hub.lease;

/** Another hub may have the lease by now. */
public final class LeaseLostException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LeaseLostException(String lease) {
    super("the lease \"" + lease + "\" is another hub's now", null, false, false);
  }
}
