package io.caravanhub.hub.console;

import io.caravanhub.core.telemetry.Quality;
import io.caravanhub.core.telemetry.QualityReason;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Telemetry of the tenant in force, in even steps of time. Values of bad quality are left out. */
@Component
class HistoryReader {
  private final JdbcClient jdbc;

  HistoryReader(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** One step of a metric; numbers are NaN where only text came. */
  record Step(Instant from, double mean, double low, double high, @Nullable String text) {}

  /** The metric of a device that its small line shows. */
  record Wanted(String deviceId, String metric) {}

  /** Every metric of a device since a moment, by metric, oldest step first. */
  Map<String, List<Step>> ofDevice(String deviceId, Instant since, Duration step) {
    Map<String, List<Step>> history = new LinkedHashMap<>();
    jdbc.sql(
            """
            select metric, extract(epoch from date_bin(make_interval(secs => :step), ts, 'epoch')) as at,
                   avg(value) as mean, min(value) as low, max(value) as high, max(text_value) as said
              from telemetry_values
             where device_id = cast(:device as uuid) and ts >= to_timestamp(:since) and ts <= now() + interval '1 minute' and quality < 2
             group by 1, 2 order by 1, 2
            """)
        .param("step", step.toMillis() / 1000.0)
        .param("device", deviceId)
        .param("since", since.toEpochMilli() / 1000.0)
        .query(
            row -> {
              history
                  .computeIfAbsent(row.getString("metric"), m -> new ArrayList<>())
                  .add(step(row));
            });
    return history;
  }

  /** One metric of a device since a moment, oldest step first. */
  List<Step> ofMetric(String deviceId, String metric, Instant since, Duration step) {
    return jdbc.sql(
            """
            select extract(epoch from date_bin(make_interval(secs => :step), ts, 'epoch')) as at,
                   avg(value) as mean, min(value) as low, max(value) as high, max(text_value) as said
              from telemetry_values
             where device_id = cast(:device as uuid) and metric = :metric
               and ts >= to_timestamp(:since) and ts <= now() + interval '1 minute' and quality < 2
             group by 1 order by 1
            """)
        .param("step", step.toMillis() / 1000.0)
        .param("device", deviceId)
        .param("metric", metric)
        .param("since", since.toEpochMilli() / 1000.0)
        .query((row, n) -> step(row))
        .list();
  }

  private static Step step(ResultSet row) throws SQLException {
    double mean = row.getDouble("mean");
    boolean number = !row.wasNull();
    return new Step(
        Instant.ofEpochMilli((long) (row.getDouble("at") * 1000)),
        number ? mean : Double.NaN,
        number ? row.getDouble("low") : Double.NaN,
        number ? row.getDouble("high") : Double.NaN,
        row.getString("said"));
  }

  /** What was not good in one step: how many readings, and the level and reason of most of them. */
  record Flaw(Instant from, String level, @Nullable String reason, int count) {}

  /** Where the metrics of a device were not good since a moment, by metric, oldest first. */
  Map<String, List<Flaw>> flaws(String deviceId, Instant since, Duration step) {
    Map<String, List<Flaw>> flaws = new HashMap<>();
    jdbc.sql(
            """
            select distinct on (metric, at) metric, at, quality, sum(n) over (partition by metric, at) as count from (
              select metric, extract(epoch from date_bin(make_interval(secs => :step), ts, 'epoch')) as at, quality, count(*) as n
                from telemetry_values
               where device_id = cast(:device as uuid) and ts >= to_timestamp(:since) and ts <= now() + interval '1 minute' and quality <> 0
               group by 1, 2, 3) steps
             order by metric, at, n desc
            """)
        .param("step", step.toMillis() / 1000.0)
        .param("device", deviceId)
        .param("since", since.toEpochMilli() / 1000.0)
        .query(
            row -> {
              int code = row.getInt("quality");
              QualityReason reason = QualityReason.ofCode(code);
              flaws
                  .computeIfAbsent(row.getString("metric"), m -> new ArrayList<>())
                  .add(
                      new Flaw(
                          Instant.ofEpochMilli((long) (row.getDouble("at") * 1000)),
                          Quality.ofCode(code).label(),
                          reason == null ? null : reason.label(),
                          row.getInt("count")));
            });
    return flaws;
  }

  /** Means of one metric a device, one number a step up to now, NaN where nothing came. */
  Map<String, double[]> means(List<Wanted> wanted, Duration step, int steps) {
    Map<String, double[]> means = new HashMap<>();
    if (wanted.isEmpty()) {
      return means;
    }
    long width = step.toSeconds();
    long last = Instant.now().getEpochSecond() / width;
    jdbc.sql(
            """
            select v.device_id, floor(extract(epoch from v.ts) / :width)::bigint as at, avg(v.value) as mean
              from unnest(cast(:devices as uuid[]), cast(:metrics as text[])) w(device, metric)
              join telemetry_values v on v.device_id = w.device and v.metric = w.metric
             where v.ts >= to_timestamp(:since) and v.quality < 2 and v.value is not null
             group by 1, 2
            """)
        .param("width", width)
        .param("devices", wanted.stream().map(Wanted::deviceId).toArray(String[]::new))
        .param("metrics", wanted.stream().map(Wanted::metric).toArray(String[]::new))
        .param("since", (last - steps + 1) * width)
        .query(
            row -> {
              int at = (int) (row.getLong("at") - last + steps - 1);
              if (at >= 0 && at < steps) {
                means.computeIfAbsent(row.getString("device_id"), d -> gaps(steps))[at] =
                    row.getDouble("mean");
              }
            });
    return means;
  }

  private static double[] gaps(int steps) {
    double[] gaps = new double[steps];
    Arrays.fill(gaps, Double.NaN);
    return gaps;
  }
}
