package io.caravanhub.core.webhook;

/** A webhook that nobody has proved to be theirs. */
public final class SignatureException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String header;

  SignatureException(String header, String detail) {
    super(detail, null, false, false);
    this.header = header;
  }

  /** The header at fault. */
  public String header() {
    return header;
  }

  /** Why, for the sender; says nothing that helps to guess a secret. */
  public String detail() {
    return String.valueOf(getMessage());
  }
}
