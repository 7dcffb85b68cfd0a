package io.caravanhub.core.webhook;

/** A webhook that nobody has proved to be theirs. */
public final class SignatureException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String header;
  private final boolean ofAnotherSecret;

  SignatureException(String header, String detail) {
    this(header, detail, false);
  }

  SignatureException(String header, String detail, boolean ofAnotherSecret) {
    super(detail, null, false, false);
    this.header = header;
    this.ofAnotherSecret = ofAnotherSecret;
  }

  /** The header at fault. */
  public String header() {
    return header;
  }

  /** Whether the proof is whole and in time, so that a secret that was not tried could fit. */
  public boolean isOfAnotherSecret() {
    return ofAnotherSecret;
  }

  /** Why, for the sender; says nothing that helps to guess a secret. */
  public String detail() {
    return String.valueOf(getMessage());
  }
}
