package io.caravanhub.hub.asset;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What the devices of an asset of the tenant in force said in the past. Thread-safe. */
@Component
class PastRows {
  private final JdbcClient jdbc;

  PastRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** A good value under the name that its link gives it. */
  record Reading(Instant ts, String metric, String role, double value, @Nullable String text) {}

  /** At most so many readings of a time, oldest first. */
  List<Reading> read(String asset, Instant since, Instant until, int most) {
    return jdbc.sql(
            """
            with linked as (
              select d.key, b.role, n.metric_id, link_metric(m.key, b.port, b.metrics) as metric,
                     greatest(b.valid_from, :since) as since, least(coalesce(b.valid_to, 'infinity'), :until) as until
                from bindings b
                join devices d on d.id = b.device_id
               cross join lateral device_series(d.key) n
                join metrics m on m.id = n.metric_id
               where b.asset_id = :asset and b.role <> 'derived')
            select t.ts, l.metric, l.role, t.value, t.text_value
              from linked l
             cross join lateral telemetry_span(l.key, l.metric_id, l.since, l.until, true, null) t
             where l.metric is not null and t.quality = 0
             order by t.ts, l.role = 'primary', l.metric, l.key limit :most\
            """)
        .param("asset", asset)
        .param("since", Timestamp.from(since))
        .param("until", Timestamp.from(until))
        .param("most", most)
        .query(
            (row, n) ->
                new Reading(
                    row.getTimestamp("ts").toInstant(),
                    row.getString("metric"),
                    row.getString("role"),
                    row.getDouble("value"),
                    row.getString("text_value")))
        .list();
  }
}
