package io.caravanhub.core.fsm;

/** An adapter that cannot be used; the message names file and place. */
public final class FsmDeclarationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  FsmDeclarationException(String place, String expected) {
    super(place + ": " + expected, null, false, true);
  }
}
