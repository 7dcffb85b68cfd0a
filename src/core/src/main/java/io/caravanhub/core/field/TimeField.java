package io.caravanhub.core.field;

import io.caravanhub.core.function.TimeFunctions;
import org.jspecify.annotations.Nullable;

/**
 * Where a payload says when it was measured.
 *
 * @param field where it lies
 * @param unit s, ms, us or ns since 1970, or null when its size tells
 * @param zone time zone of a text without offset, or null for UTC
 */
record TimeField(FieldPath field, @Nullable String unit, @Nullable String zone) {

  /** The time as ISO 8601, or null when the payload has none. */
  @Nullable Object apply(@Nullable Object payload) {
    Object value = field.search(payload);
    if (value == null) {
      return null;
    }
    try {
      return value instanceof String && unit == null
          ? zone == null ? value : TimeFunctions.localTime(value, zone, null)
          : TimeFunctions.epoch(value, unit);
    } catch (RuntimeException e) {
      String message = String.valueOf(e.getMessage());
      throw new IllegalArgumentException(
          "timestamp (" + field + "): " + message.substring(message.indexOf(": ") + 2), e);
    }
  }
}
