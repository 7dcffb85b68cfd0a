package io.caravanhub.hub.event;

import io.caravanhub.hub.api.ProblemException;
import java.time.Duration;
import java.time.Instant;
import org.apache.camel.Header;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The calls for figures of alarms. Thread-safe. */
@Component("alarmCalls")
public class AlarmCalls {
  private static final Duration SHIPPED = Duration.ofDays(7);
  private static final Duration MOST = Duration.ofDays(400);

  private final AlarmFigures figures;

  public AlarmCalls(AlarmFigures figures) {
    this.figures = figures;
  }

  /** {@code GET /alarm-performance?from=&to=}: the last week unless told. */
  public AlarmPerformance performance(
      @Header("from") @Nullable String from, @Header("to") @Nullable String to) {
    Span span = Span.of(from, to);
    return figures.of(span.from(), span.to());
  }

  /** {@code GET /rules/{id}/figures?from=&to=}: the last week unless told. */
  public RuleFigures rule(
      @Header("ruleId") String rule,
      @Header("from") @Nullable String from,
      @Header("to") @Nullable String to) {
    Span span = Span.of(from, to);
    return figures.ofRule(rule, span.from(), span.to());
  }

  private record Span(Instant from, Instant to) {
    static Span of(@Nullable String fromGiven, @Nullable String toGiven) {
      Instant end = EventFilter.moment(blank(toGiven), "to");
      Instant to = end == null ? Instant.now() : end;
      Instant begin = EventFilter.moment(blank(fromGiven), "from");
      Instant from = begin == null ? to.minus(SHIPPED) : begin;
      if (!from.isBefore(to)) {
        throw ProblemException.badField("from", "expected a time before \"to\"");
      }
      if (Duration.between(from, to).compareTo(MOST) > 0) {
        throw ProblemException.badField("from", "expected 400 days at most");
      }
      return new Span(from, to);
    }

    private static @Nullable String blank(@Nullable String given) {
      return given == null || given.isBlank() ? null : given;
    }
  }
}
