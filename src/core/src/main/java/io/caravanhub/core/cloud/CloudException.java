package io.caravanhub.core.cloud;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A poll that came to nothing. Its message never holds an address, a header or a body. */
public final class CloudException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What kind of failure, and so what helps. */
  public enum Kind {
    /** Away, slow or broken: try again later. */
    UNAVAILABLE,
    /** More requests than are welcome: not before the time given, if one is. */
    LIMITED,
    /** The credentials are refused: a person has to look. */
    REFUSED,
    /** The request or the answer is not as the connector says. */
    WRONG
  }

  private final Kind kind;
  private final @Nullable Instant notBefore;

  private CloudException(Kind kind, String message, @Nullable Instant notBefore) {
    super(message, null, false, true);
    this.kind = kind;
    this.notBefore = notBefore;
  }

  /** A {@link Kind#UNAVAILABLE} failure. */
  public static CloudException unavailable(String message, @Nullable Instant notBefore) {
    return new CloudException(Kind.UNAVAILABLE, message, notBefore);
  }

  static CloudException limited(String message, @Nullable Instant until) {
    return new CloudException(Kind.LIMITED, message, until);
  }

  /** A {@link Kind#REFUSED} failure. */
  public static CloudException refused(String message) {
    return new CloudException(Kind.REFUSED, message, null);
  }

  /** A {@link Kind#WRONG} failure. */
  public static CloudException wrong(String message) {
    return new CloudException(Kind.WRONG, message, null);
  }

  public Kind kind() {
    return kind;
  }

  /** When the cloud wants to be asked again, or null when it did not say. */
  public @Nullable Instant notBefore() {
    return notBefore;
  }

  /** The message, which is always there. */
  public String reason() {
    return String.valueOf(getMessage());
  }
}
