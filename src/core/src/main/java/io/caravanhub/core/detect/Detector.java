package io.caravanhub.core.detect;

/**
 * Judges the readings of one series, or of one group of series, one after the other. An instance is
 * the state of its series: it sees each reading once, knows nothing of later ones, and its memory
 * is bounded however long the series is. It is rebuilt by showing it the past again, which gives
 * the same state. Not for several threads at once.
 */
public interface Detector {
  /**
   * Judges a reading, then learns from it.
   *
   * @param epochMillis time of the reading; it may repeat or go back
   * @param values one for each metric, in the order the detector was made with; NaN where there is
   *     none
   */
  Detection detect(long epochMillis, double... values);
}
