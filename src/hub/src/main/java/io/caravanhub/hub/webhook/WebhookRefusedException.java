package io.caravanhub.hub.webhook;

/** A webhook that is turned away: the sender hears a status and why, and nothing is kept. */
public final class WebhookRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String field;

  WebhookRefusedException(int status, String field, String detail) {
    super(detail, null, false, false);
    this.status = status;
    this.field = field;
  }

  /** The HTTP status: 503 when the same message is welcome again, otherwise 4xx. */
  public int status() {
    return status;
  }

  /** The part of the request at fault, as a pointer: {@code /X-Kestrel-Signature}. */
  public String field() {
    return field;
  }

  /** Why, for the sender; says nothing that helps to guess a secret. */
  public String detail() {
    return String.valueOf(getMessage());
  }
}
