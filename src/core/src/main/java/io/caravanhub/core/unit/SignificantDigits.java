package io.caravanhub.core.unit;

/**
 * Fifteen significant digits, as many as every decimal number keeps as a double: what a
 * multiplication leaves behind them (0.0060999999999999995 of 6.1 W in kW) goes away.
 */
final class SignificantDigits {
  private static final double LOG10_OF_2 = 0.30102999566398120;
  private static final double MOST = 1e15;
  private static final int DIGITS = 15;

  /** Powers that are exact as doubles. */
  private static final double[] POWERS = new double[23];

  static {
    for (int power = 0; power < POWERS.length; power++) {
      POWERS[power] = Double.parseDouble("1e" + power);
    }
  }

  private SignificantDigits() {}

  /** The double nearest to the number rounded so; very small and large ones stay as they are. */
  static double round(double value) {
    int above = (int) Math.floor(Math.getExponent(value) * LOG10_OF_2) + 1;
    int places = DIGITS - above;
    if (places >= 0 && places < POWERS.length) {
      double scaled = value * POWERS[places];
      if (Math.abs(scaled) < MOST) {
        return Math.rint(scaled) / POWERS[places];
      }
      if (places > 0) {
        return Math.rint(value * POWERS[places - 1]) / POWERS[places - 1];
      }
    }
    return value;
  }
}
