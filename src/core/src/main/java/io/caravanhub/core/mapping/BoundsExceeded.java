package io.caravanhub.core.mapping;

/** A call of a mapping went past its bounds; carries no stack trace, for it is thrown at will. */
final class BoundsExceeded extends RuntimeException {
  private static final long serialVersionUID = 1L;

  BoundsExceeded(String reason) {
    super(reason, null, false, false);
  }
}
