package io.caravanhub.core.telemetry;

/**
 * A message that can never be used as it is: it belongs into the dead letters, and sending it again
 * would not help.
 */
public final class UnusableMessageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String field;
  private final String reason;

  /**
   * Says what is wrong.
   *
   * @param field the field at fault, for instance {@code measurements[2].value}, or the part of the
   *     message ({@code body}, {@code device_id})
   * @param reason what was expected and what came
   */
  public UnusableMessageException(String field, String reason) {
    super(field + ": " + reason);
    this.field = field;
    this.reason = reason;
  }

  /** The field at fault. */
  public String field() {
    return field;
  }

  /** What was expected and what came. */
  public String reason() {
    return reason;
  }
}
