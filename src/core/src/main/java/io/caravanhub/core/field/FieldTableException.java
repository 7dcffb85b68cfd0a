package io.caravanhub.core.field;

/** A field table cannot be used as it is written. The message names line, field and reason. */
public final class FieldTableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int line;
  private final String field;
  private final String reason;

  FieldTableException(int line, String field, String reason) {
    super((line > 0 ? "line " + line + ": " : "") + field + ": " + reason);
    this.line = line;
    this.field = field;
    this.reason = reason;
  }

  /** Line of the table's text, from 1; 0 when unknown. */
  public int line() {
    return line;
  }

  /** The field at fault: {@code fields.temp.unit}. */
  public String field() {
    return field;
  }

  /** What was expected and what came. */
  public String reason() {
    return reason;
  }
}
