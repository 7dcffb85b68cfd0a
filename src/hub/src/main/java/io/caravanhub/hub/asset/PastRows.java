package io.caravanhub.hub.asset;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What the devices of an asset of the tenant in force said in the past. Thread-safe. */
@Component
class PastRows {
  private static final Duration WINDOW = Duration.ofMinutes(10);
  private static final String LINKED =
      """
      with linked as (
        select d.key, b.role, n.metric_id, link_metric(m.key, b.port, b.metrics) as metric,
               greatest(b.valid_from, :since) as since, least(coalesce(b.valid_to, 'infinity'), :until) as until
          from bindings b
          join devices d on d.id = b.device_id
         cross join lateral device_series(d.key) n
          join metrics m on m.id = n.metric_id
         where b.asset_id = :asset and b.role <> 'derived')
      select t.ts, l.metric, l.role, t.value, t.text_value, t.quality
        from linked l
       cross join lateral\
      """;
  private static final String ORDER = " order by t.ts, l.role = 'primary', l.metric, l.key";

  private final JdbcClient jdbc;

  PastRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** A value under the name that its link gives it. */
  record Reading(
      Instant ts,
      String metric,
      String role,
      double value,
      @Nullable String text,
      boolean isGood) {}

  /** The last good one that each series said in {@code since <= ts < until}, oldest first. */
  List<Reading> last(String asset, Instant since, Instant until) {
    return jdbc.sql(
            LINKED
                + " telemetry_newest(l.key, l.metric_id, l.since, l.until, 1) t where l.metric is not null"
                + ORDER)
        .param("asset", asset)
        .param("since", Timestamp.from(since))
        .param("until", Timestamp.from(until))
        .query(PastRows::reading)
        .list();
  }

  /**
   * The first so many readings of a time, oldest first. The time is walked in windows that grow
   * while little is found, so that a long one costs no more than what is taken of it.
   */
  List<Reading> first(String asset, Instant since, Instant until, int most) {
    List<Reading> found = new ArrayList<>();
    Instant from = since;
    Duration window = WINDOW;
    while (from.isBefore(until) && found.size() < most) {
      Instant end = from.plus(window).isBefore(until) ? from.plus(window) : until;
      List<Reading> here = window(asset, from, end, most - found.size());
      found.addAll(here);
      from = end;
      if (here.size() < most / 8) {
        window = window.multipliedBy(2);
      }
    }
    return found;
  }

  // Bad ones come along, for the bound of a series counts them: a good one may follow many.
  private List<Reading> window(String asset, Instant since, Instant until, int most) {
    return jdbc.sql(
            LINKED
                + " telemetry_span(l.key, l.metric_id, l.since, l.until, true, :most) t where l.metric is not null"
                + ORDER
                + " limit :most")
        .param("asset", asset)
        .param("since", Timestamp.from(since))
        .param("until", Timestamp.from(until))
        .param("most", most)
        .query(PastRows::reading)
        .list();
  }

  private static Reading reading(ResultSet row, int number) throws SQLException {
    return new Reading(
        row.getTimestamp("ts").toInstant(),
        row.getString("metric"),
        row.getString("role"),
        row.getDouble("value"),
        row.getString("text_value"),
        row.getInt("quality") == 0);
  }
}
