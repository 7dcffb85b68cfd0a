package io.caravanhub.core.detect;

import java.math.BigDecimal;
import java.math.MathContext;

/** Numbers as reasons show them: four digits, no exponent where it can be helped. */
final class Shown {
  private static final MathContext DIGITS = new MathContext(4);

  private Shown() {}

  static String number(double value) {
    if (!Double.isFinite(value)) {
      return Double.toString(value);
    }
    BigDecimal rounded = new BigDecimal(value).round(DIGITS).stripTrailingZeros();
    double size = Math.abs(value);
    return size == 0 || (size >= 1e-4 && size < 1e9) ? rounded.toPlainString() : rounded.toString();
  }
}
