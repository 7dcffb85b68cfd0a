package io.caravanhub.core.cloud;

/** A {@code cloud.yaml} that cannot be used; the message names the place. */
public final class CloudDeclarationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CloudDeclarationException(String place, String expected) {
    super(CloudFile.NAME + " " + (place.isEmpty() ? "/" : place) + ": " + expected);
  }
}
