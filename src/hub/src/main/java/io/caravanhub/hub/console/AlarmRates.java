package io.caravanhub.hub.console;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** How many alarms came when, in the tenant in force. */
@Component
class AlarmRates {
  /** About the most an operator can manage, by ISA-18.2: two in ten minutes. */
  private static final double MANAGEABLE_PER_HOUR = 12;

  private static final int BARS = 28;
  private static final int CAPTIONS = 7;
  private static final double HEADROOM = 1.15;
  private static final DateTimeFormatter CLOCK =
      DateTimeFormatter.ofPattern("HH:mm", Locale.ENGLISH).withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("d MMM", Locale.ENGLISH).withZone(ZoneOffset.UTC);

  private final JdbcClient jdbc;

  AlarmRates(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  RateBars bars(Instant from, Instant to) {
    Duration step = Duration.between(from, to).dividedBy(BARS);
    Map<Integer, Long> counts = counts(from, to, step);
    double manageable = MANAGEABLE_PER_HOUR * step.toSeconds() / 3600;
    long most = counts.values().stream().mapToLong(Long::longValue).max().orElse(0);
    double top = Math.max(manageable, most) * HEADROOM;
    boolean clock = step.compareTo(Duration.ofHours(2)) < 0;
    double floor = RateBars.HEIGHT - RateBars.FOOT;
    double width = (double) RateBars.WIDTH / BARS;
    List<RateBars.Bar> bars = new ArrayList<>();
    List<Chart.Ruler> captions = new ArrayList<>();
    for (int i = 0; i < BARS; i++) {
      long count = counts.getOrDefault(i, 0L);
      Instant begin = from.plus(step.multipliedBy(i));
      double height = count / top * floor;
      bars.add(
          new RateBars.Bar(
              i * width + 2,
              floor - height,
              width - 4,
              height,
              count > manageable,
              count
                  + (count == 1 ? " alarm from " : " alarms from ")
                  + DAY.format(begin)
                  + " "
                  + CLOCK.format(begin)
                  + " UTC"));
      if (i % (BARS / CAPTIONS) == 0) {
        captions.add(
            new Chart.Ruler(
                i * width + 2, (clock ? CLOCK : DAY).format(begin) + (i == 0 ? " UTC" : "")));
      }
    }
    return new RateBars(
        bars,
        floor - manageable / top * floor,
        "manageable: " + Math.round(manageable) + " in " + new Wording().span(rounded(step)),
        captions,
        most);
  }

  private static Duration rounded(Duration step) {
    return Duration.ofMinutes(Math.round(step.toSeconds() / 60.0));
  }

  private Map<Integer, Long> counts(Instant from, Instant to, Duration step) {
    Map<Integer, Long> counts = new HashMap<>();
    jdbc.sql(
            """
            select floor(extract(epoch from s.raised_at - cast(:from as timestamptz)) / :step)::int as n, count(*) as count
              from event_signals s join events e on e.id = s.event_id
             where s.raised_at >= :from and s.raised_at < :to and e.problem_id is not null
               and coalesce(e.suppressed, '') not in ('parent', 'shelved')
             group by 1
            """)
        .param("from", Timestamp.from(from))
        .param("to", Timestamp.from(to))
        .param("step", step.toMillis() / 1000.0)
        .query(
            row -> {
              counts.put(row.getInt("n"), row.getLong("count"));
            });
    return counts;
  }
}
