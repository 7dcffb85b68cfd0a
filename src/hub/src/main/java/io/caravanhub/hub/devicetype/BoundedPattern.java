package io.caravanhub.hub.devicetype;

import com.networknt.schema.regex.RegularExpression;
import java.util.regex.Pattern;

/**
 * A regular expression of a schema that stops: backtracking without end reads without end, and each
 * read is counted. Thread-safe.
 */
final class BoundedPattern implements RegularExpression {
  private static final int READS_MAX = 500_000;

  private final Pattern pattern;

  private BoundedPattern(Pattern pattern) {
    this.pattern = pattern;
  }

  static BoundedPattern compile(String expression) {
    return new BoundedPattern(Pattern.compile(expression));
  }

  @Override
  public boolean matches(String value) {
    return pattern.matcher(new CountedText(value, new int[1])).find();
  }

  /** A pattern took too long for a text. */
  static final class TooLongException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooLongException() {
      super("a pattern takes too long for this text", null, false, false);
    }
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record CountedText(CharSequence text, int[] reads) implements CharSequence {
    @Override
    public int length() {
      return text.length();
    }

    @Override
    public char charAt(int index) {
      if (++reads[0] > READS_MAX) {
        throw new TooLongException();
      }
      return text.charAt(index);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return new CountedText(text.subSequence(start, end), reads);
    }

    @Override
    public String toString() {
      return text.toString();
    }
  }
}
