package io.caravanhub.core.unit;

/** How numbers in one unit become numbers in another, or why they cannot. */
public sealed interface Conversion {

  /**
   * One multiplication and one addition.
   *
   * @param factor what to multiply by
   * @param offset what to add then; nonzero only between temperatures
   */
  record Affine(double factor, double offset) implements Conversion {
    /** Converts a value. */
    public double apply(double value) {
      return value * factor + offset;
    }

    /** Converts a difference of two values: a rise of 18 [degF] is one of 10 K. */
    public double applyDifference(double difference) {
      return difference * factor;
    }
  }

  /**
   * There is no conversion.
   *
   * @param reason names the unit or units
   */
  record Refused(String reason) implements Conversion {}
}
