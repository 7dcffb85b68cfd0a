package io.caravanhub.core.bacnet;

/** Octets that are not what the standard says they should be. */
public final class BacnetFormatException extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  BacnetFormatException(String message) {
    super(message);
  }
}
