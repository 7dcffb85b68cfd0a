package io.caravanhub.hub.event;

import io.caravanhub.core.rule.Detection;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The series that are kept with events. A row is made with the event, in its transaction, and
 * filled later: a crash between loses nothing. Thread-safe.
 */
final class EvidenceRows {
  private static final Duration BEFORE = Duration.ofHours(1);
  private static final int METRICS_MAX = 6;
  private static final int DUE_MAX = 50;

  private final JdbcClient jdbc;

  EvidenceRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Says which series are to be kept: the metric of the finding, and those the rule looks at. */
  void begin(UUID event, Detection detection) {
    Set<String> metrics = new LinkedHashSet<>();
    String first = detection.finding().metric();
    if (first != null) {
      metrics.add(first);
    }
    metrics.addAll(detection.rule().when().metrics());
    metrics.stream()
        .limit(METRICS_MAX)
        .forEach(
            metric ->
                jdbc.sql(
                        """
                        insert into event_series (tenant_id, event_id, metric, unit, from_at)
                        values (hub_tenant(), ?, ?, ?, ?) on conflict do nothing
                        """)
                    .params(
                        event,
                        metric,
                        metric.equals(first) ? detection.unit() : null,
                        Timestamp.from(detection.onset().minus(BEFORE)))
                    .update());
  }

  /**
   * Fills those that are due, from an hour before the onset until the signal cleared, a day at
   * most; of each hundredth of that time the lowest and the highest value. What raw telemetry no
   * longer has stays as it was.
   *
   * @return how many there were
   */
  int fill() {
    List<Due> due =
        jdbc.sql(
                """
                update event_series s set next_at = now() + interval '1 minute'
                  from (select event_id, metric from event_series where next_at <= now()
                         order by next_at limit ? for update skip locked) d
                 where s.event_id = d.event_id and s.metric = d.metric
                returning s.event_id as event, s.metric
                """)
            .params(DUE_MAX)
            .query(Due.class)
            .list();
    due.forEach(this::fill);
    return due.size();
  }

  private record Due(UUID event, String metric) {}

  private void fill(Due due) {
    jdbc.sql(
            """
            with asked as (
              select s.event_id, s.metric, s.from_at, s.points as known, e.opened_at, d.key as device, e.resolved_at,
                     least(coalesce(e.resolved_at + interval '5 minutes', now()), e.opened_at + interval '1 day', now()) as to_at,
                     now() >= least(coalesce(e.resolved_at + interval '5 minutes', 'infinity'), e.opened_at + interval '1 day') as whole
                from event_series s join events e on e.id = s.event_id join devices d on d.id = e.device_id
               where s.event_id = :event and s.metric = :metric),
            value as (
              select v.ts, v.value, width_bucket(extract(epoch from v.ts)::float8, extract(epoch from a.from_at)::float8,
                                                 extract(epoch from a.to_at)::float8 + 0.001, 100) as slot
                from asked a join metrics m on m.key = a.metric
               cross join lateral telemetry_span(a.device, m.id, a.from_at, a.to_at + interval '1 millisecond', true, null) v
               where v.value is not null and v.value not in ('NaN', 'Infinity', '-Infinity') and v.quality < 2),
            ranked as (
              select *, row_number() over (partition by slot order by value, ts) as low,
                     row_number() over (partition by slot order by value desc, ts) as high from value),
            thin as (select ts, value from ranked where low = 1 or high = 1),
            joined as (
              select ts, value from thin
              union all
              select (p ->> 0)::timestamptz, (p ->> 1)::float8 from asked a cross join jsonb_array_elements(a.known) p
               where (p ->> 0)::timestamptz < coalesce((select min(ts) from thin), 'infinity'))
            update event_series s
               set points = coalesce((select jsonb_agg(jsonb_build_array(j.ts, j.value) order by j.ts) from joined j), '[]'),
                   unit = coalesce(s.unit, (select m.unit from metrics m where m.key = s.metric order by m.tenant_id nulls last limit 1)),
                   to_at = a.to_at,
                   next_at = case when not a.whole then now() + greatest(interval '15 seconds', least(interval '30 minutes', (now() - a.opened_at) / 10)) end
              from asked a where s.event_id = a.event_id and s.metric = a.metric
            """)
        .param("event", due.event())
        .param("metric", due.metric())
        .update();
  }
}
