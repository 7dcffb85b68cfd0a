package io.caravanhub.hub.telemetry;

import io.caravanhub.core.telemetry.Quality;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Rows of the table metric_limits. */
public final class LimitRows {
  /** The columns that {@link #read} wants, of a table called l. */
  public static final String COLUMNS =
      "l.min_value, l.max_value, l.range_quality, l.max_rate, l.rate_quality, l.stuck_seconds, l.stuck_count,"
          + " l.stuck_quality, l.future_seconds, l.future_quality, l.past_seconds, l.past_quality, l.unit_quality";

  private LimitRows() {}

  /** The limits of a row that holds {@link #COLUMNS}. */
  public static Limits read(ResultSet row) throws SQLException {
    return new Limits(
        row.getObject("min_value", Double.class),
        row.getObject("max_value", Double.class),
        quality(row, "range_quality"),
        row.getObject("max_rate", Double.class),
        quality(row, "rate_quality"),
        seconds(row, "stuck_seconds"),
        row.getObject("stuck_count", Integer.class),
        quality(row, "stuck_quality"),
        seconds(row, "future_seconds"),
        quality(row, "future_quality"),
        seconds(row, "past_seconds"),
        quality(row, "past_quality"),
        quality(row, "unit_quality"));
  }

  private static Quality quality(ResultSet row, String column) throws SQLException {
    return Quality.valueOf(row.getString(column).toUpperCase(Locale.ROOT));
  }

  private static @Nullable Duration seconds(ResultSet row, String column) throws SQLException {
    Double seconds = row.getObject(column, Double.class);
    return seconds == null ? null : Duration.ofMillis(Math.round(seconds * 1000));
  }
}
