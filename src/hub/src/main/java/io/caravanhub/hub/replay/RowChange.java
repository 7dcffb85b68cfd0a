package io.caravanhub.hub.replay;

import org.jspecify.annotations.Nullable;

/**
 * What a replay would do to a row of telemetry.
 *
 * @param device the hub's id of the device
 * @param ts ISO 8601
 * @param before what is stored, or null when there is no such row
 * @param after what would be stored, or null when the row would go
 */
record RowChange(
    String device, String metric, String ts, @Nullable Value before, @Nullable Value after) {

  /**
   * A value.
   *
   * @param value a number, a text or null
   * @param quality as it is stored: 0 is good
   */
  record Value(@Nullable Object value, int quality) {
    static Value of(@Nullable Double number, @Nullable String text, int quality) {
      return new Value(text != null ? text : number, quality);
    }
  }
}
