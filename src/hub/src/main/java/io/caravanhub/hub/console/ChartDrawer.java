package io.caravanhub.hub.console;

import io.caravanhub.hub.console.HistoryReader.Flaw;
import io.caravanhub.hub.console.HistoryReader.Step;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Draws charts of one span of time. */
final class ChartDrawer {
  private static final DateTimeFormatter CLOCK =
      DateTimeFormatter.ofPattern("HH:mm", Locale.ENGLISH).withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("d MMM", Locale.ENGLISH).withZone(ZoneOffset.UTC);
  private static final int GAP_STEPS = 6;
  private static final int SHORTEST_PART = 6;
  private static final int RULERS = 4;
  private static final List<Duration> WIDTHS =
      Stream.of("PT1M", "PT2M", "PT5M", "PT10M", "PT15M", "PT30M", "PT1H", "PT2H", "PT4H", "PT8H")
          .map(Duration::parse)
          .toList();

  private final Duration step;
  private final Instant end;
  private final Instant start;
  private final Wording wording = new Wording();

  /**
   * @param first the oldest step there is; a span that begins long before it is cut short
   */
  ChartDrawer(Span span, Instant end, Instant first) {
    this.step = span.step();
    this.end = end;
    Instant whole = end.minus(span.length());
    Instant shortest = end.minus(span.length().dividedBy(SHORTEST_PART));
    Instant cut = first.isAfter(shortest) ? shortest : first;
    this.start = cut.isAfter(whole) ? cut : whole;
  }

  /** A span of any time. */
  ChartDrawer(Instant start, Instant end, Duration step) {
    this.step = step;
    this.end = end;
    this.start = start;
  }

  /** What of a chart is known beside its readings. */
  record Known(
      @Nullable Double limit,
      @Nullable Range expected,
      List<Instant> openings,
      List<Instant> clears) {}

  /** The values held for normal. */
  record Range(double low, double high) {}

  /** A metric's chart; the limit is drawn only where it does not squeeze the values flat. */
  Chart draw(
      String metric,
      @Nullable String unit,
      @Nullable Reading now,
      List<Step> steps,
      @Nullable Double limit,
      List<Instant> openings,
      List<Flaw> flaws) {
    return draw(metric, unit, now, steps, new Known(limit, null, openings, List.of()), flaws);
  }

  /** A metric's chart with all that is known of it. */
  Chart draw(
      String metric,
      @Nullable String unit,
      @Nullable Reading now,
      List<Step> steps,
      Known known,
      List<Flaw> flaws) {
    Double limit = known.limit();
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (Step step : steps) {
      if (!Double.isNaN(step.mean())) {
        low = Math.min(low, step.low());
        high = Math.max(high, step.high());
      }
    }
    boolean numbers = low <= high;
    Range expected = known.expected();
    if (expected != null) {
      double reach = Math.max(high - low, Math.abs(high) * 0.04);
      low = Math.min(low, Math.max(expected.low(), low - reach));
      high = Math.max(high, Math.min(expected.high(), high + reach));
    }
    Scale scale = numbers ? Scale.of(low, high, limit) : new Scale(0, 1, 1);
    return new Chart(
        metric,
        wording.key(metric),
        wording.unit(unit),
        now,
        numbers ? line(steps, scale) : "",
        numbers ? band(steps, scale) : "",
        numbers ? levels(scale) : List.of(),
        moments(),
        limit != null && numbers && scale.holds(limit)
            ? new Chart.Ruler(scale.y(limit), "limit " + wording.number(limit))
            : null,
        numbers && expected != null ? zone(expected, scale) : null,
        places(known.openings()),
        places(known.clears()),
        numbers ? List.of() : stretches(steps),
        flaws.stream()
            .filter(flaw -> !flaw.from().isBefore(start))
            .map(flaw -> new Chart.Flaw(x(flaw.from()), flaw.level(), remark(flaw)))
            .toList(),
        numbers ? points(steps, scale) : "");
  }

  private List<Double> places(List<Instant> moments) {
    return moments.stream()
        .filter(t -> !t.isBefore(start) && !t.isAfter(end))
        .map(this::x)
        .toList();
  }

  private Chart.@Nullable Zone zone(Range expected, Scale scale) {
    double top = scale.y(Math.min(expected.high(), scale.high()));
    double bottom = scale.y(Math.max(expected.low(), scale.low()));
    return bottom <= top
        ? null
        : new Chart.Zone(
            top,
            bottom - top,
            "expected "
                + wording.number(expected.low())
                + " to "
                + wording.number(expected.high()));
  }

  private static String remark(Flaw flaw) {
    return CLOCK.format(flaw.from())
        + " "
        + flaw.level()
        + (flaw.reason() == null ? "" : ": " + flaw.reason())
        + (flaw.count() == 1 ? "" : " (" + flaw.count() + " readings)");
  }

  /** Where a moment lies in the drawing; at its edge when outside. */
  double x(Instant at) {
    double part =
        (double) Duration.between(start, at).toMillis()
            / Math.max(1, Duration.between(start, end).toMillis());
    double width = Chart.WIDTH - Chart.LEFT - Chart.RIGHT;
    return Chart.LEFT + Math.min(1, Math.max(0, part)) * width;
  }

  private boolean gapBefore(List<Step> steps, int i) {
    return i == 0
        || Duration.between(steps.get(i - 1).from(), steps.get(i).from())
                .compareTo(step.multipliedBy(GAP_STEPS))
            > 0;
  }

  private String line(List<Step> steps, Scale scale) {
    StringBuilder path = new StringBuilder();
    for (int i = 0; i < steps.size(); i++) {
      Step step = steps.get(i);
      if (!Double.isNaN(step.mean())) {
        boolean move = path.isEmpty() || gapBefore(steps, i);
        path.append(point(move ? "M" : "L", x(step.from()), scale.y(step.mean())));
        if (move && (i + 1 == steps.size() || gapBefore(steps, i + 1))) {
          // A step alone, as a device's first reading is, would be a line of no length.
          path.append("h2");
        }
      }
    }
    return path.toString();
  }

  private String band(List<Step> steps, Scale scale) {
    StringBuilder path = new StringBuilder();
    int from = 0;
    for (int i = 1; i <= steps.size(); i++) {
      if (i == steps.size() || gapBefore(steps, i)) {
        List<Step> part =
            steps.subList(from, i).stream().filter(s -> !Double.isNaN(s.mean())).toList();
        for (int k = 0; k < part.size(); k++) {
          path.append(
              point(k == 0 ? "M" : "L", x(part.get(k).from()), scale.y(part.get(k).high())));
        }
        for (int k = part.size() - 1; k >= 0; k--) {
          path.append(point("L", x(part.get(k).from()), scale.y(part.get(k).low())));
        }
        path.append(part.isEmpty() ? "" : "Z");
        from = i;
      }
    }
    return path.toString();
  }

  private String points(List<Step> steps, Scale scale) {
    StringBuilder points = new StringBuilder();
    for (Step step : steps) {
      if (!Double.isNaN(step.mean())) {
        points.append(
            String.format(
                Locale.ROOT,
                "%s%.1f %.1f %s %d",
                points.isEmpty() ? "" : ";",
                x(step.from()),
                scale.y(step.mean()),
                wording.number(step.mean()),
                step.from().toEpochMilli()));
      }
    }
    return points.toString();
  }

  private List<Chart.Ruler> levels(Scale scale) {
    List<Chart.Ruler> levels = new ArrayList<>();
    for (double level : scale.levels()) {
      levels.add(new Chart.Ruler(scale.y(level), scale.caption(level)));
    }
    return levels;
  }

  private List<Chart.Ruler> moments() {
    List<Chart.Ruler> moments = new ArrayList<>();
    Duration shown = Duration.between(start, end);
    long width =
        WIDTHS.stream()
            .filter(w -> w.multipliedBy(RULERS).compareTo(shown) >= 0)
            .findFirst()
            .orElse(Duration.ofDays(2))
            .toMillis();
    boolean days = width >= Duration.ofDays(1).toMillis();
    long first = (start.toEpochMilli() / width + 1) * width;
    for (long at = first; at < end.toEpochMilli(); at += width) {
      Instant moment = Instant.ofEpochMilli(at);
      double x = x(moment);
      if (x > Chart.LEFT + 14 && x < Chart.WIDTH - 18) {
        moments.add(new Chart.Ruler(x, (days ? DAY : CLOCK).format(moment)));
      }
    }
    return moments;
  }

  private List<Chart.Stretch> stretches(List<Step> steps) {
    List<Chart.Stretch> stretches = new ArrayList<>();
    int from = 0;
    for (int i = 1; i <= steps.size(); i++) {
      String text = steps.get(from).text();
      boolean ends =
          i == steps.size()
              || gapBefore(steps, i)
              || !java.util.Objects.equals(steps.get(i).text(), text);
      if (ends) {
        Instant until =
            i < steps.size() && !gapBefore(steps, i)
                ? steps.get(i).from()
                : steps.get(i - 1).from().plus(step);
        double x = x(steps.get(from).from());
        stretches.add(new Chart.Stretch(x, Math.max(1, x(until) - x), text == null ? "" : text));
        from = i;
      }
    }
    return stretches;
  }

  private static String point(String command, double x, double y) {
    return String.format(Locale.ROOT, "%s%.1f %.1f", command, x, y);
  }
}
