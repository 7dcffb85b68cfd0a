package io.caravanhub.core.cloud;

/**
 * A {@code cloud.yaml}, or another declaration, that cannot be used; the message names the place.
 */
public final class CloudDeclarationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CloudDeclarationException(String place, String expected) {
    this(CloudFile.NAME, place, expected);
  }

  /** What was expected at a place of a file. */
  public CloudDeclarationException(String file, String place, String expected) {
    super(file + " " + (place.isEmpty() ? "/" : place) + ": " + expected);
  }
}
