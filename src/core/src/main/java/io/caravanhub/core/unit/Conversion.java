package io.caravanhub.core.unit;

/** How numbers in one unit become numbers in another, or why they cannot. */
public sealed interface Conversion {

  /**
   * One multiplication between two additions, which are nonzero between temperatures only: 50
   * [degF] are exactly 10 Cel when 32 is taken off first. What is converted has fifteen significant
   * digits; what is in its unit already stays as it is.
   *
   * @param shift what to add first
   * @param factor what to multiply by
   * @param offset what to add then
   */
  record Affine(double shift, double factor, double offset) implements Conversion {
    /** Converts a value. */
    public double apply(double value) {
      return isSame() ? value : SignificantDigits.round((value + shift) * factor + offset);
    }

    /** Converts a difference of two values: a rise of 18 [degF] is one of 10 K. */
    public double applyDifference(double difference) {
      return factor == 1 ? difference : SignificantDigits.round(difference * factor);
    }

    private boolean isSame() {
      return factor == 1 && shift == 0 && offset == 0;
    }
  }

  /**
   * There is no conversion.
   *
   * @param reason names the unit or units
   */
  record Refused(String reason) implements Conversion {}
}
