package io.caravanhub.hub.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.hub.console.HistoryReader.Step;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Charts of what the metrics of an event were around it: from the snapshot kept with it, and from
 * the store while that is still being filled.
 */
@Component
class SnapshotCharts {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration BEFORE = Duration.ofMinutes(30);
  private static final Duration AFTER = Duration.ofMinutes(10);
  private static final int DRAWN = 120;

  private final JdbcClient jdbc;
  private final HistoryReader history;
  private final Remembered<Map<String, List<Step>>> stored =
      new Remembered<>(Duration.ofSeconds(4));

  SnapshotCharts(JdbcClient jdbc, HistoryReader history) {
    this.jdbc = jdbc;
    this.history = history;
  }

  /** A metric's readings around an event. */
  private record Series(
      String metric, @Nullable String unit, Instant from, Instant to, List<Step> steps) {}

  /** The times at which a signal came and went. */
  private record Signals(List<Instant> raised, List<Instant> cleared) {}

  /** The event's own metric first. */
  List<Chart> of(EventLine event, EventProof proof) {
    List<Series> kept = new ArrayList<>(kept(event));
    boolean filled = kept.stream().anyMatch(s -> !s.steps().isEmpty());
    if (!filled && event.metric() != null) {
      Series live = live(event);
      kept = live == null ? List.of() : List.of(live);
    }
    Signals signals = signals(event);
    return kept.stream()
        .filter(s -> !s.steps().isEmpty())
        .sorted(Comparator.comparing(s -> !s.metric().equals(event.metric())))
        .map(s -> draw(s, event, proof, signals))
        .toList();
  }

  private static Chart draw(Series series, EventLine event, EventProof proof, Signals signals) {
    boolean own = series.metric().equals(event.metric());
    Duration step = Duration.between(series.from(), series.to()).dividedBy(DRAWN);
    return new ChartDrawer(series.from(), series.to(), step)
        .draw(
            series.metric(),
            series.unit(),
            null,
            series.steps(),
            new ChartDrawer.Known(
                own ? event.threshold() : null,
                own && proof.expectedLow() != null && proof.expectedHigh() != null
                    ? new ChartDrawer.Range(proof.expectedLow(), proof.expectedHigh())
                    : null,
                signals.raised(),
                signals.cleared()),
            List.of());
  }

  private List<Series> kept(EventLine event) {
    return jdbc.sql(
            "select metric, unit, from_at, to_at, points::text as points from event_series where event_id = cast(? as uuid) order by metric")
        .param(event.id())
        .query(
            (row, n) -> {
              List<Step> steps = steps(row.getString("points"));
              Instant from = EventList.moment(row, "from_at");
              Instant last = steps.isEmpty() ? from : steps.get(steps.size() - 1).from();
              Instant to = row.getObject("to_at") == null ? last : EventList.moment(row, "to_at");
              Instant now = Instant.now();
              Instant end = to.isAfter(now) ? now : to;
              return new Series(
                  row.getString("metric"),
                  row.getString("unit"),
                  from,
                  end.isAfter(last) ? end : last,
                  steps);
            })
        .list();
  }

  private @Nullable Series live(EventLine event) {
    Instant now = Instant.now();
    Instant from = event.openedAt().minus(BEFORE);
    if (event.openedAt().isBefore(now.minus(Duration.ofDays(1)))) {
      return null;
    }
    Instant over = event.resolvedAt() == null ? now : event.resolvedAt().plus(AFTER);
    Instant to = over.isAfter(now) ? now : over;
    Duration step = Duration.ofSeconds(Math.max(5, Duration.between(from, to).toSeconds() / DRAWN));
    List<Step> steps =
        stored
            .get(
                event.deviceId() + from + step,
                () -> history.ofDevice(event.deviceId(), from, step))
            .getOrDefault(event.metric(), List.of())
            .stream()
            .filter(s -> !s.from().isAfter(to))
            .toList();
    return steps.isEmpty()
        ? null
        : new Series(String.valueOf(event.metric()), event.unit(), from, to, steps);
  }

  private Signals signals(EventLine event) {
    List<Instant> raised = new ArrayList<>();
    List<Instant> cleared = new ArrayList<>();
    jdbc.sql(
            "select raised_at, cleared_at from event_signals where event_id = cast(? as uuid) order by raised_at desc limit 50")
        .param(event.id())
        .query(
            row -> {
              raised.add(EventList.moment(row, "raised_at"));
              if (row.getObject("cleared_at") != null) {
                cleared.add(EventList.moment(row, "cleared_at"));
              }
            });
    return new Signals(raised.isEmpty() ? List.of(event.openedAt()) : raised, cleared);
  }

  /** Points as they are kept: a moment, and the value. */
  private static List<Step> steps(String points) {
    try {
      List<Step> steps = new ArrayList<>();
      for (JsonNode point : JSON.readTree(points)) {
        JsonNode value = point.get(1);
        double number = value != null && value.isNumber() ? value.doubleValue() : Double.NaN;
        steps.add(
            new Step(
                OffsetDateTime.parse(point.path(0).asText()).toInstant(),
                number,
                number,
                number,
                value != null && value.isTextual() ? value.asText() : null));
      }
      return steps;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("PostgreSQL gave JSON that is none", e);
    }
  }
}
