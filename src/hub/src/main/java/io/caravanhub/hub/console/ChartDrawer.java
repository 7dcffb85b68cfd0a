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

/** Draws charts of one span of time that ends now. */
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

  private final Span span;
  private final Instant end;
  private final Instant start;
  private final Wording wording = new Wording();

  /**
   * @param first the oldest step there is; a span that begins long before it is cut short
   */
  ChartDrawer(Span span, Instant end, Instant first) {
    this.span = span;
    this.end = end;
    Instant whole = end.minus(span.length());
    Instant shortest = end.minus(span.length().dividedBy(SHORTEST_PART));
    Instant cut = first.isAfter(shortest) ? shortest : first;
    this.start = cut.isAfter(whole) ? cut : whole;
  }

  /** A metric's chart; the limit is drawn only where it does not squeeze the values flat. */
  Chart draw(
      String metric,
      @Nullable String unit,
      @Nullable Reading now,
      List<Step> steps,
      @Nullable Double limit,
      List<Instant> openings,
      List<Flaw> flaws) {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (Step step : steps) {
      if (!Double.isNaN(step.mean())) {
        low = Math.min(low, step.low());
        high = Math.max(high, step.high());
      }
    }
    boolean numbers = low <= high;
    Scale scale = numbers ? Scale.of(low, high, limit) : new Scale(0, 1, 1);
    List<Double> marks = openings.stream().filter(t -> !t.isBefore(start)).map(this::x).toList();
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
        marks,
        numbers ? List.of() : stretches(steps),
        flaws.stream()
            .filter(flaw -> !flaw.from().isBefore(start))
            .map(flaw -> new Chart.Flaw(x(flaw.from()), flaw.level(), remark(flaw)))
            .toList(),
        numbers ? points(steps, scale) : "");
  }

  private static String remark(Flaw flaw) {
    return CLOCK.format(flaw.from())
        + " "
        + flaw.level()
        + (flaw.reason() == null ? "" : ": " + flaw.reason())
        + (flaw.count() == 1 ? "" : " (" + flaw.count() + " readings)");
  }

  private double x(Instant at) {
    double part =
        (double) Duration.between(start, at).toMillis()
            / Math.max(1, Duration.between(start, end).toMillis());
    double width = Chart.WIDTH - Chart.LEFT - Chart.RIGHT;
    return Chart.LEFT + Math.min(1, Math.max(0, part)) * width;
  }

  private boolean gapBefore(List<Step> steps, int i) {
    return i == 0
        || Duration.between(steps.get(i - 1).from(), steps.get(i).from())
                .compareTo(span.step().multipliedBy(GAP_STEPS))
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
                : steps.get(i - 1).from().plus(span.step());
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
