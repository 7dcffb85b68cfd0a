package io.caravanhub.hub.telemetry;

import io.caravanhub.hub.api.Page;
import io.caravanhub.hub.api.ProblemException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.camel.Message;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Path and query parameters of the telemetry routes as parameters of their named SQL. Thread-safe.
 */
@Component("telemetryQueries")
public class TelemetryQueries {
  private static final List<String> KINDS = List.of("devices", "assets", "equipment");
  private static final List<String> AGGREGATES =
      List.of("avg", "min", "max", "sum", "count", "first", "last");
  private static final List<String> FILLS = List.of("none", "null", "previous", "linear");
  private static final List<String> EXTRAS = List.of("nothing", "mapping");
  private static final List<String> FORMATS = List.of("json", "csv");
  private static final Duration LATEST = Duration.ofDays(30);
  private static final Duration HISTORY = Duration.ofHours(25);

  /** A device's clock may be ahead. */
  private static final Duration AHEAD = Duration.ofHours(1);

  /** Rollups are never further behind than this, or their newest part is not shown. */
  private static final Duration FRESH = Duration.ofDays(2);

  private static final long FILLED_MAX = 50_000;

  /** For the newest values: of the last 30 days, unless {@code from} reaches further back. */
  public void latest(Message message) {
    common(message, LATEST, Instant.now().plus(AHEAD));
  }

  /** For values over time: of the last day, unless {@code from} and {@code to} say else. */
  public void history(Message message) {
    Span span = common(message, HISTORY, Instant.now().plus(AHEAD));
    message.setHeader("lower", Timestamp.from(latter(span.since, span.after.ts())));
    message.setHeader("withMapping", oneOf(message, "with", EXTRAS).equals("mapping"));
  }

  /** For values in buckets; the first and the last bucket are whole. */
  public void aggregate(Message message) {
    Instant now = Instant.now();
    Span span = common(message, HISTORY, now);
    Bucket bucket = Bucket.parse(text(message, "bucket", "PT1H"));
    Instant since = bucket.floor(span.since);
    Instant until = bucket.ceiling(span.until);
    String fill = oneOf(message, "fill", FILLS);
    boolean filled = !fill.equals("none");
    if (filled && Duration.between(since, until).toSeconds() / bucket.seconds() > FILLED_MAX) {
      throw ProblemException.badField(
          "bucket", "more than " + FILLED_MAX + " buckets to fill; take wider ones or less time");
    }
    Bucket.Tier tier = bucket.tier(since, until, now);
    Instant lower = filled ? since : latter(since, span.after.ts());
    message.setHeader("agg", oneOf(message, "agg", AGGREGATES));
    message.setHeader("fill", fill);
    message.setHeader("tier", tier.label);
    message.setHeader("tierSeconds", tier.seconds);
    message.setHeader("bucketSeconds", bucket.seconds());
    message.setHeader("since", Timestamp.from(since));
    message.setHeader("until", Timestamp.from(until));
    message.setHeader("lower", Timestamp.from(lower));
    message.setHeader(
        "freshFrom",
        Timestamp.from(tier == Bucket.Tier.RAW ? lower : latter(lower, now.minus(FRESH))));
    message.setHeader(
        "bucketRows", filled ? Integer.MAX_VALUE : message.getHeader("rows", Integer.class) + 1);
  }

  private record Span(Instant since, Instant until, PagePosition after) {}

  private static Span common(Message message, Duration back, Instant end) {
    String kind = text(message, "kind", "");
    if (!KINDS.contains(kind)) {
      throw ProblemException.notFound("telemetry of", kind);
    }
    Instant until = instant(message, "to", end);
    Instant since = instant(message, "from", until.minus(back));
    if (since.isAfter(until)) {
      throw ProblemException.badField("from", "lies after to");
    }
    PagePosition after = PagePosition.read(message.getHeader("cursor", String.class));
    message.setHeader("uuid", uuid(text(message, "name", "")));
    message.setHeader("metric", metrics(message.getHeader("metric")));
    message.setHeader("since", Timestamp.from(since));
    message.setHeader("until", Timestamp.from(until));
    message.setHeader("rows", Page.limit(message.getHeader("limit", String.class)) + 1);
    message.setHeader("afterTs", Timestamp.from(after.ts()));
    message.setHeader("afterMetric", after.metric());
    message.setHeader("afterDevice", after.device());
    message.setHeader("afterShown", after.shown());
    message.setHeader("format", format(message));
    return new Span(since, until, after);
  }

  private static String format(Message message) {
    String accept = text(message, "Accept", "");
    return message.getHeader("format") == null && accept.startsWith("text/csv")
        ? "csv"
        : oneOf(message, "format", FORMATS);
  }

  private static String uuid(String name) {
    try {
      return name.length() == 36 ? UUID.fromString(name).toString() : "";
    } catch (IllegalArgumentException e) {
      return "";
    }
  }

  /** {@code metric=a,b} and {@code metric=a&metric=b} alike. */
  private static String metrics(@Nullable Object header) {
    return header instanceof Collection<?> several
        ? several.stream().map(String::valueOf).collect(Collectors.joining(","))
        : header == null ? "" : header.toString().strip();
  }

  private static Instant latter(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  private static String oneOf(Message message, String name, List<String> choices) {
    String value = text(message, name, choices.get(0));
    if (!choices.contains(value)) {
      throw ProblemException.badField(name, "expected one of " + String.join(", ", choices));
    }
    return value;
  }

  private static Instant instant(Message message, String name, Instant absent) {
    String text = text(message, name, "");
    if (text.isEmpty()) {
      return absent;
    }
    try {
      return OffsetDateTime.parse(text.replace(' ', '+')).toInstant();
    } catch (DateTimeParseException e) {
      throw ProblemException.badField(name, "expected ISO 8601 such as 2026-01-31T12:00:00Z");
    }
  }

  private static String text(Message message, String name, String absent) {
    String text = message.getHeader(name, String.class);
    return text == null || text.isBlank() ? absent : text;
  }
}
