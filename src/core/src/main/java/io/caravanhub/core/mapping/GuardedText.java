package io.caravanhub.core.mapping;

/**
 * Text that a regular expression reads under the clock: backtracking without end reads without end,
 * and each read is counted.
 */
final class GuardedText implements CharSequence {
  private final CharSequence text;
  private final Evaluation evaluation;

  GuardedText(CharSequence text, Evaluation evaluation) {
    this.text = text;
    this.evaluation = evaluation;
  }

  @Override
  public int length() {
    return text.length();
  }

  @Override
  public char charAt(int index) {
    evaluation.step();
    return text.charAt(index);
  }

  @Override
  public CharSequence subSequence(int start, int end) {
    return text.subSequence(start, end);
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
