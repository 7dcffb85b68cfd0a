package io.caravanhub.core.mapping;

import io.caravanhub.core.field.FieldTableException;
import org.jspecify.annotations.Nullable;

/** A mapping could not be compiled or applied. The message names the mapping, place and reason. */
public final class MappingException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int LONGEST_REASON = 500;

  private final String mapping;
  private final int position;
  private final String reason;
  private final @Nullable String field;
  private final int line;
  private final int column;

  /** A failure that has no place in the expression. */
  public MappingException(String mapping, String reason) {
    this(mapping, null, -1, reason, null);
  }

  /**
   * @param mapping name of the mapping
   * @param content the expression, to turn the position into line and column; may be null
   * @param position offset in the expression in characters, or negative when unknown
   * @param reason what is wrong
   * @param cause the library's exception, if any
   */
  public MappingException(
      String mapping,
      @Nullable String content,
      int position,
      String reason,
      @Nullable Throwable cause) {
    super("mapping " + mapping + place(content, position) + ": " + shorten(reason), cause);
    this.mapping = mapping;
    this.position = position;
    this.reason = shorten(reason);
    this.field = null;
    this.line = line(content, position);
    this.column = column(content, position);
  }

  /** What was yielded cannot be used. */
  MappingException(String mapping, String field, String reason) {
    super("mapping " + mapping + ": " + field + ": " + reason);
    this.mapping = mapping;
    this.position = -1;
    this.reason = reason;
    this.field = field;
    this.line = 0;
    this.column = 0;
  }

  /** A field table that cannot be used. */
  MappingException(String mapping, FieldTableException cause) {
    super("mapping " + mapping + " (fields): " + cause.getMessage(), cause);
    this.mapping = mapping;
    this.position = -1;
    this.reason = shorten(cause.reason());
    this.field = cause.field();
    this.line = cause.line();
    this.column = 0;
  }

  /** Name of the mapping. */
  public String mapping() {
    return mapping;
  }

  /** Offset in the expression in characters, or negative when unknown. */
  public int position() {
    return position;
  }

  /** What is wrong, without the mapping's name and place. */
  public String reason() {
    return reason;
  }

  /** The field at fault of a table or of what was yielded, or null. */
  public @Nullable String field() {
    return field;
  }

  /** Line of the expression or table, from 1; 0 when unknown. */
  public int line() {
    return line;
  }

  /** Column of the expression, from 1; 0 when unknown. */
  public int column() {
    return column;
  }

  /** Whether the mapping worked and the payload held nothing that it looks for. */
  public boolean foundNothing() {
    return reason.startsWith(MappingResult.NOTHING) || reason.startsWith(MappingOutcome.NO_METRICS);
  }

  private static String place(@Nullable String content, int position) {
    int line = line(content, position);
    return line == 0 ? "" : ":" + line + ":" + column(content, position);
  }

  private static int line(@Nullable String content, int position) {
    return content == null || position < 0
        ? 0
        : (int) before(content, position).chars().filter(c -> c == '\n').count() + 1;
  }

  private static int column(@Nullable String content, int position) {
    if (content == null || position < 0) {
      return 0;
    }
    String before = before(content, position);
    return before.length() - before.lastIndexOf('\n');
  }

  private static String before(String content, int position) {
    return content.substring(0, Math.min(position, content.length()));
  }

  private static String shorten(String reason) {
    return reason.length() <= LONGEST_REASON ? reason : reason.substring(0, LONGEST_REASON) + "...";
  }
}
