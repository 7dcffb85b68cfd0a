package io.caravanhub.core.fieldbus;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How often a point is read, which of its changes are told, and whether it may be written.
 *
 * @param interval time between two readings, or null for the connection's
 * @param deadband changes up to this much, in the point's unit, are not told; null tells every
 *     reading
 * @param heartbeat after so many readings that were not told, one is
 * @param writable whether commands may set it, where the connection allows writes at all
 * @param min least number that may be written, or null
 * @param max greatest number that may be written, or null
 */
record PointSampling(
    @Nullable Duration interval,
    @Nullable Double deadband,
    int heartbeat,
    boolean writable,
    @Nullable Double min,
    @Nullable Double max) {
  static final Set<String> FIELDS =
      Set.of("interval", "deadband", "heartbeat", "writable", "min", "max");

  /** Read with its connection, every reading told, not writable. */
  static final PointSampling PLAIN = new PointSampling(null, null, 60, false, null, null);

  private static final long LEAST_MILLIS = 10;

  /**
   * @throws IllegalArgumentException naming the field
   */
  static PointSampling read(JsonNode point) {
    Double deadband = optional(point, "deadband");
    if (deadband != null && deadband < 0) {
      throw new IllegalArgumentException("deadband: expected 0 or more, got " + deadband);
    }
    Double heartbeat = optional(point, "heartbeat");
    if (heartbeat != null && heartbeat < 1) {
      throw new IllegalArgumentException("heartbeat: expected 1 or more, got " + heartbeat);
    }
    Double min = optional(point, "min");
    Double max = optional(point, "max");
    if (min != null && max != null && min > max) {
      throw new IllegalArgumentException("min: " + min + " is more than max, " + max);
    }
    return new PointSampling(
        point.has("interval") ? interval(point.get("interval").asText()) : null,
        deadband,
        heartbeat == null ? PLAIN.heartbeat : heartbeat.intValue(),
        MapFields.flag(point, "writable"),
        min,
        max);
  }

  private static @Nullable Double optional(JsonNode point, String field) {
    return point.has(field) ? (Double) MapFields.number(point, field, 0) : null;
  }

  private static Duration interval(String text) {
    try {
      Duration interval = Duration.parse(text);
      if (interval.toMillis() >= LEAST_MILLIS) {
        return interval;
      }
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException("interval: expected PT1S or the like, got " + text, e);
    }
    throw new IllegalArgumentException("interval: expected at least PT0.01S, got " + text);
  }
}
