package io.caravanhub.hub.telemetry;

import io.caravanhub.core.telemetry.Measurement;
import io.caravanhub.core.telemetry.Quality;
import io.caravanhub.core.telemetry.QualityReason;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The newest rows of devices in the store, of the tenant in force. Thread-safe. */
@Component
class NewestRows {
  private static final String SELECT =
      "select d.id as device_id, m.key as metric, t.ts, t.value, t.text_value, m.unit, t.quality from devices d ";

  private final JdbcClient jdbc;

  NewestRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** The newest row of a metric of a device. */
  record Newest(String device, Measurement value) {}

  /** Of the last day, each metric of every device. */
  List<Newest> ofTenant() {
    return jdbc.sql(
            SELECT
                + """
                 cross join lateral device_series(d.key) s
                 cross join lateral telemetry_newest(d.key, s.metric_id, now() - interval '1 day', 'infinity') t
                  join metrics m on m.id = s.metric_id\
                """)
        .query((row, n) -> newest(row))
        .list();
  }

  /**
   * Each metric of these devices.
   *
   * @param since by device, how far to look back
   */
  List<Newest> of(Map<String, Instant> since) {
    return jdbc.sql(
            SELECT
                + """
                  join unnest(cast(:devices as uuid[]), cast(:since as timestamptz[])) w(device, since) on w.device = d.id
                 cross join lateral device_series(d.key) s
                 cross join lateral telemetry_newest(d.key, s.metric_id, w.since, 'infinity') t
                  join metrics m on m.id = s.metric_id\
                """)
        .param("devices", since.keySet().toArray(String[]::new))
        .param("since", since.values().stream().map(Timestamp::from).toArray(Timestamp[]::new))
        .query((row, n) -> newest(row))
        .list();
  }

  /** One row of each of these devices that has any since then. */
  List<Newest> any(Collection<String> devices, Instant since) {
    return jdbc.sql(
            SELECT
                + """
                 cross join lateral (
                   select s.metric_id, v.* from device_series(d.key) s
                    cross join lateral telemetry_newest(d.key, s.metric_id, cast(:since as timestamptz), 'infinity') v limit 1) t
                  join metrics m on m.id = t.metric_id
                 where d.id = any (cast(:devices as uuid[]))\
                """)
        .param("devices", devices.toArray(String[]::new))
        .param("since", Timestamp.from(since))
        .query((row, n) -> newest(row))
        .list();
  }

  private static Newest newest(ResultSet row) throws SQLException {
    double value = row.getDouble("value");
    boolean absent = row.wasNull();
    int quality = row.getInt("quality");
    QualityReason reason = QualityReason.ofCode(quality);
    return new Newest(
        row.getString("device_id"),
        new Measurement(
            row.getString("metric"),
            row.getTimestamp("ts").toInstant(),
            absent ? Double.NaN : value,
            row.getString("text_value"),
            row.getString("unit"),
            Quality.ofCode(quality),
            reason == null ? null : reason.label()));
  }
}
