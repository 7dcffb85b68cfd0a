package io.caravanhub.core.detect;

/**
 * What a detector says of a reading.
 *
 * @param score 0 to 1: 0 is wholly usual, 0.5 is where the detector's limit lies
 * @param anomaly whether the limit is reached
 * @param low lower end of the expected range, in the metric's unit; NaN when nothing is expected
 *     yet. Of several metrics, the range is of the one the reason names
 * @param high upper end of the expected range
 * @param confidence 0 to 1: how much of what the detector wants to have seen it has seen, and for
 *     an ensemble, how far its members agree
 * @param reason a sentence
 */
public record Detection(
    double score, boolean anomaly, double low, double high, double confidence, String reason) {
  static final String USUAL = "as expected";

  /** The score of a statistic that is not negative and has a limit. */
  static double score(double statistic, double limit) {
    if (Double.isNaN(statistic) || statistic <= 0) {
      return 0;
    }
    return Double.isInfinite(statistic) ? 1 : statistic / (statistic + limit);
  }

  static Detection missing() {
    return new Detection(0, false, Double.NaN, Double.NaN, 0, "no value");
  }

  static Detection learning(double confidence) {
    return new Detection(
        0, false, Double.NaN, Double.NaN, confidence, "still learning what is usual");
  }

  static Detection usual(double score, double low, double high, double confidence) {
    return new Detection(score, false, low, high, confidence, USUAL);
  }

  static Detection anomaly(
      double score, double low, double high, double confidence, String reason) {
    return new Detection(score, true, low, high, confidence, reason);
  }
}
