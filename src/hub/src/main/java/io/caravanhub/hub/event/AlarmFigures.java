package io.caravanhub.hub.event;

import io.caravanhub.hub.event.AlarmPerformance.Floods;
import io.caravanhub.hub.event.AlarmPerformance.Frequent;
import io.caravanhub.hub.event.AlarmPerformance.Priority;
import io.caravanhub.hub.event.AlarmPerformance.Rate;
import io.caravanhub.hub.event.AlarmPerformance.Stale;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Counts the alarms of the thread's tenant. Thread-safe. */
@Component
public class AlarmFigures {
  private static final Duration STRETCH = Duration.ofMinutes(10);
  private static final int FLOOD = 10;
  private static final double FLOOD_LIMIT_PERCENT = 1;
  private static final Map<String, Double> TARGETS =
      Map.of("low", 80.0, "medium", 15.0, "high", 5.0);
  private static final String ALARMS =
      """
      with alarm as (
        select s.raised_at, e.id, e.rule_id, e.device_id, e.severity
          from event_signals s join events e on e.id = s.event_id
         where s.raised_at >= :from and s.raised_at < :to and e.problem_id is not null
           and coalesce(e.suppressed, '') not in ('parent', 'shelved'))
      """;

  private final JdbcClient jdbc;

  public AlarmFigures(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** All figures of from ≤ time &lt; to. */
  public AlarmPerformance of(Instant from, Instant to) {
    List<Stretch> stretches = stretches(from, to);
    long alarms = stretches.stream().mapToLong(Stretch::alarms).sum();
    return new AlarmPerformance(
        from,
        to,
        alarms,
        rate(from, to, alarms, stretches),
        floods(from, to, stretches),
        chattering(from, to, alarms),
        stale(to),
        topTen(from, to, alarms),
        priorities(from, to, alarms),
        rules(from, to, null));
  }

  /** What a rule led to; zeros when nothing. */
  public RuleFigures ofRule(String rule, Instant from, Instant to) {
    return rules(from, to, rule).stream()
        .findFirst()
        .orElseGet(() -> new RuleFigures(rule, 0, 0, 0, 0, 0, null, null));
  }

  /** What each rule led to that led to anything. */
  public List<RuleFigures> ofRules(Instant from, Instant to) {
    return rules(from, to, null);
  }

  /** Ten minutes with alarms, by their number from the beginning. */
  private record Stretch(long number, long alarms) {}

  private List<Stretch> stretches(Instant from, Instant to) {
    return asked(
            ALARMS
                + """
                select floor(extract(epoch from raised_at - cast(:from as timestamptz)) / 600)::bigint as number, count(*) as alarms
                  from alarm group by 1 order by 1
                """,
            from,
            to)
        .query(Stretch.class)
        .list();
  }

  private static Rate rate(Instant from, Instant to, long alarms, List<Stretch> stretches) {
    double hours = Duration.between(from, to).toMillis() / 3_600_000.0;
    Optional<Stretch> peak = stretches.stream().reduce((a, b) -> b.alarms() > a.alarms() ? b : a);
    return new Rate(
        rounded(alarms / hours),
        rounded(alarms / hours / 6),
        peak.map(Stretch::alarms).orElse(0L),
        peak.map(s -> from.plus(STRETCH.multipliedBy(s.number()))).orElse(null));
  }

  private static Floods floods(Instant from, Instant to, List<Stretch> stretches) {
    long flooded = 0;
    int count = 0;
    long before = -2;
    for (Stretch stretch : stretches) {
      if (stretch.alarms() > FLOOD) {
        flooded++;
        count += stretch.number() == before + 1 ? 0 : 1;
        before = stretch.number();
      }
    }
    double all = Math.max(1, Math.ceil(Duration.between(from, to).toSeconds() / 600.0));
    return new Floods(count, rounded(100 * flooded / all), FLOOD_LIMIT_PERCENT);
  }

  private List<Frequent> topTen(Instant from, Instant to, long alarms) {
    return frequent(
        ALARMS
            + """
            select a.rule_id, a.device_id, d.serial, count(*) as count from alarm a join devices d on d.id = a.device_id
             group by 1, 2, 3 order by 4 desc, 1, 3 limit 10
            """,
        from,
        to,
        alarms);
  }

  private List<Frequent> chattering(Instant from, Instant to, long alarms) {
    return frequent(
        ALARMS
            + """
            , third as (
              select *, raised_at - lag(raised_at, 2) over (partition by rule_id, device_id order by raised_at) as took from alarm)
            select a.rule_id, a.device_id, d.serial, count(*) as count from third a join devices d on d.id = a.device_id
             group by 1, 2, 3 having bool_or(a.took <= interval '1 minute') order by 4 desc, 1, 3 limit 100
            """,
        from,
        to,
        alarms);
  }

  private List<Frequent> frequent(String sql, Instant from, Instant to, long alarms) {
    return asked(sql, from, to)
        .query(
            (row, n) ->
                new Frequent(
                    row.getString("rule_id"),
                    row.getString("device_id"),
                    row.getString("serial"),
                    row.getLong("count"),
                    percent(row.getLong("count"), alarms)))
        .list();
  }

  private List<Stale> stale(Instant to) {
    return jdbc.sql(
            """
            select e.id, e.rule_id, d.serial, s.raised_at, extract(epoch from cast(:to as timestamptz) - s.raised_at) / 3600 as hours
              from event_signals s join events e on e.id = s.event_id join devices d on d.id = e.device_id
             where s.raised_at < cast(:to as timestamptz) - interval '24 hours' and coalesce(s.cleared_at, 'infinity') > cast(:to as timestamptz)
               and e.status <> 'dismissed' and coalesce(e.suppressed, '') not in ('parent', 'shelved')
             order by s.raised_at limit 100
            """)
        .param("to", Timestamp.from(to))
        .query(
            (row, n) ->
                new Stale(
                    row.getString("id"),
                    row.getString("rule_id"),
                    row.getString("serial"),
                    row.getTimestamp("raised_at").toInstant(),
                    rounded(row.getDouble("hours"))))
        .list();
  }

  private List<Priority> priorities(Instant from, Instant to, long alarms) {
    Map<String, Long> counts = new java.util.HashMap<>();
    asked(
            ALARMS
                + " select case severity when 'critical' then 'high' else severity end as priority,"
                + " count(*) as count from alarm group by 1",
            from,
            to)
        .query(
            row -> {
              counts.put(row.getString(1), row.getLong(2));
            });
    return List.of("low", "medium", "high").stream()
        .map(
            priority -> {
              long count = counts.getOrDefault(priority, 0L);
              return new Priority(
                  priority, count, percent(count, alarms), TARGETS.getOrDefault(priority, 0.0));
            })
        .toList();
  }

  private List<RuleFigures> rules(Instant from, Instant to, @Nullable String rule) {
    return jdbc.sql(
            """
            with event as (
              select * from events where opened_at >= :from and opened_at < :to and problem_id is not null
                 and (cast(:rule as text) is null or rule_id = :rule)),
            job as (
              select e.rule_id, a.id,
                     bool_or(e.status = 'dismissed' and coalesce(e.dismiss_reason, 'false_alarm') = 'false_alarm') or a.state = 'CANCELLED' as wrong
                from event e join event_actions l on l.event_id = e.id join actions a on a.id = l.action_id
               where a.kind = 'work_order' and (a.state <> 'CANCELLED' or a.fsm_id is not null) group by 1, 2),
            jobs as (select rule_id, count(*) as jobs, count(*) filter (where wrong) as wrong from job group by 1)
            select e.rule_id, count(*) as events, sum(e.raises) as alarms, coalesce(max(j.jobs), 0) as jobs,
                   count(*) filter (where e.status = 'dismissed') as dismissed, coalesce(max(j.wrong), 0) as wrong,
                   avg(extract(epoch from e.acknowledged_at - e.created_at)) as seconds
              from event e left join jobs j on j.rule_id = e.rule_id
             group by 1 order by 2 desc, 1 limit 500
            """)
        .param("from", Timestamp.from(from))
        .param("to", Timestamp.from(to))
        .param("rule", rule)
        .query(
            (row, n) -> {
              long jobs = row.getLong("jobs");
              double seconds = row.getDouble("seconds");
              Double mean = row.wasNull() ? null : Double.valueOf(rounded(seconds));
              return new RuleFigures(
                  row.getString("rule_id"),
                  row.getLong("events"),
                  row.getLong("alarms"),
                  jobs,
                  row.getLong("dismissed"),
                  row.getLong("wrong"),
                  jobs == 0 ? null : Double.valueOf(rounded((double) row.getLong("wrong") / jobs)),
                  mean);
            })
        .list();
  }

  private JdbcClient.StatementSpec asked(String sql, Instant from, Instant to) {
    return jdbc.sql(sql).param("from", Timestamp.from(from)).param("to", Timestamp.from(to));
  }

  private static double percent(long part, long all) {
    return all == 0 ? 0 : rounded(100.0 * part / all);
  }

  private static double rounded(double number) {
    return Math.round(number * 1000) / 1000.0;
  }
}
