package io.caravanhub.core.rule;

/** A rule that cannot be used: the field, what was expected and the line. */
public final class RuleException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String field;
  private final int line;

  public RuleException(String field, int line, String problem) {
    super(problem);
    this.field = field;
    this.line = line;
  }

  /** Path of the field, for instance {@code rules[2].when.above}; empty for the whole text. */
  public String field() {
    return field;
  }

  /** Line in the text, from 1. */
  public int line() {
    return line;
  }
}
