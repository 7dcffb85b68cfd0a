package io.caravanhub.hub.rules;

import io.caravanhub.core.rule.RuleDevice;
import io.caravanhub.hub.database.TenantScope;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Stored readings by the thousand, one array a series: a row each would cost ten times as much. */
@Component
class StoredSeries {
  private final JdbcClient jdbc;

  StoredSeries(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Good readings of one metric, oldest first.
   *
   * @param texts beside the values, or null when the metric has none
   */
  record Readings(
      String metric,
      @Nullable String unit,
      long[] times,
      double[] values,
      @Nullable String @Nullable [] texts) {}

  /**
   * Those with {@code from <= time < to}.
   *
   * @param metrics these alone, or null for all that the device has sent
   */
  List<Readings> of(
      RuleDevice device, @Nullable Collection<String> metrics, Instant from, Instant to) {
    return TenantScope.call(
        device.tenant(),
        () ->
            jdbc.sql(
                    """
                    select m.key as metric, m.unit, m.kind, v.times, v.numbers, v.texts
                      from devices d
                      join metrics m
                        on case when :all then m.id in (select s.metric_id from device_series(d.key) s)
                                else m.key = any(:metrics::text[]) end
                     cross join lateral (
                       select array_agg((date_part('epoch', s.ts) * 1000)::bigint) as times,
                              array_agg(s.value) as numbers,
                              case when m.kind = 'text' then array_agg(s.text_value) end as texts
                         from telemetry_span(d.key, m.id, :from, :to, true, null) s
                        where s.quality = 0) v
                     where d.id = :id and v.times is not null
                    """)
                .param("id", UUID.fromString(device.id()))
                .param("all", metrics == null)
                .param("metrics", metrics == null ? new String[0] : metrics.toArray(String[]::new))
                .param("from", Timestamp.from(from))
                .param("to", Timestamp.from(to))
                .query(StoredSeries::readings)
                .list());
  }

  private static Readings readings(ResultSet row, int number) throws SQLException {
    Long[] times = (Long[]) row.getArray("times").getArray();
    Double[] numbers = (Double[]) row.getArray("numbers").getArray();
    Array texts = row.getArray("texts");
    long[] at = new long[times.length];
    double[] values = new double[times.length];
    for (int i = 0; i < times.length; i++) {
      at[i] = times[i];
      values[i] = numbers[i] == null ? Double.NaN : numbers[i];
    }
    return new Readings(
        row.getString("metric"),
        row.getString("unit"),
        at,
        values,
        texts == null ? null : (String[]) texts.getArray());
  }
}
