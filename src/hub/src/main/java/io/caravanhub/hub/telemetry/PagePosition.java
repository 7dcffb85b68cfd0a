package io.caravanhub.hub.telemetry;

import io.caravanhub.hub.api.Page;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The row that the page before ended with; surrogate keys, for two devices may share a time.
 *
 * @param shown the metric's name on the asset, for one metric may have several; or empty
 */
record PagePosition(Instant ts, int metric, int device, String shown) {
  static String of(Map<String, Object> row) {
    String shown = row.get("shown") instanceof String name ? " " + name : "";
    return instant(row.get("ts"))
        + " "
        + row.get("metric_id")
        + " "
        + row.get("device_key")
        + shown;
  }

  static PagePosition read(@Nullable String cursor) {
    String position = Page.position(cursor);
    if (position == null) {
      return new PagePosition(Instant.EPOCH, 0, 0, "");
    }
    String[] parts = position.split(" ", 4);
    try {
      return new PagePosition(
          Instant.parse(parts[0]),
          Integer.parseInt(parts[1]),
          Integer.parseInt(parts[2]),
          parts.length > 3 ? parts[3] : "");
    } catch (DateTimeParseException | NumberFormatException | ArrayIndexOutOfBoundsException e) {
      throw Page.notACursor();
    }
  }

  /** A timestamp column as ISO 8601, null when it holds none. */
  static @Nullable String instant(@Nullable Object timestamp) {
    return timestamp instanceof Timestamp ts ? ts.toInstant().toString() : null;
  }
}
