package io.caravanhub.hub.telemetry;

import io.caravanhub.core.telemetry.Quality;
import io.caravanhub.core.telemetry.QualityReason;
import io.caravanhub.hub.api.Page;
import io.caravanhub.hub.api.ProblemException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Parameters into the named SQL of the telemetry routes, and its rows out of it. Thread-safe. */
@Component("telemetryQueries")
public class TelemetryQueries {
  private static final List<String> KINDS = List.of("devices", "assets", "equipment");
  private static final List<String> AGGREGATES = List.of("avg", "min", "max", "sum", "count");

  /**
   * Turns path and query parameters into the parameters of the SQL: kind, name, metric, since,
   * until, rows, afterTs, afterMetric, afterDevice, bucket.
   */
  public void parameters(Exchange exchange) {
    Message message = exchange.getMessage();
    String kind = text(message, "kind", "");
    if (!KINDS.contains(kind)) {
      throw ProblemException.notFound("telemetry of", kind);
    }
    Instant until = instant(message, "to", Instant.now().plusSeconds(3600));
    Instant since = instant(message, "from", until.minus(Duration.ofHours(25)));
    if (since.isAfter(until)) {
      throw ProblemException.badField("from", "lies after to");
    }
    message.setHeader("since", Timestamp.from(since));
    message.setHeader("until", Timestamp.from(until));
    message.setHeader("metric", text(message, "metric", ""));
    message.setHeader("rows", Page.limit(message.getHeader("limit", String.class)) + 1);
    Position after = Position.read(message.getHeader("cursor", String.class));
    message.setHeader("afterTs", Timestamp.from(after.ts()));
    message.setHeader("afterMetric", after.metric());
    message.setHeader("afterDevice", after.device());
    message.setHeader("bucketSeconds", bucket(message).toSeconds());
  }

  /** The row that the page before ended with; surrogate keys, for two devices may share a time. */
  private record Position(Instant ts, int metric, int device) {
    static String of(Map<String, Object> row) {
      return instant(row.get("ts")) + " " + row.get("metric_id") + " " + row.get("device_key");
    }

    static Position read(@Nullable String cursor) {
      String position = Page.position(cursor);
      if (position == null) {
        return new Position(Instant.EPOCH, 0, 0);
      }
      String[] parts = position.split(" ", 3);
      try {
        return new Position(
            Instant.parse(parts[0]), Integer.parseInt(parts[1]), Integer.parseInt(parts[2]));
      } catch (DateTimeParseException | NumberFormatException | ArrayIndexOutOfBoundsException e) {
        throw Page.notACursor();
      }
    }
  }

  private static Duration bucket(Message message) {
    String bucket = text(message, "bucket", "PT1H");
    try {
      Duration duration = Duration.parse(bucket);
      if (duration.toSeconds() >= 1) {
        return duration;
      }
    } catch (DateTimeParseException e) {
      // told below
    }
    throw ProblemException.badField(
        "bucket", "expected an ISO 8601 duration of at least a second, such as PT15M");
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

  /**
   * Rows of history and latest as {@code {items:[{device, metric, ts, value, unit, quality,
   * quality_reason}], cursor}}.
   */
  public void page(Exchange exchange) {
    List<Map<String, Object>> items = new ArrayList<>();
    for (Map<String, Object> row : rows(exchange)) {
      Map<String, Object> item = new LinkedHashMap<>();
      item.put("device", String.valueOf(row.get("device")));
      item.put("metric", row.get("metric"));
      item.put("ts", instant(row.get("ts")));
      item.put("value", row.get("text_value") != null ? row.get("text_value") : row.get("value"));
      item.put("unit", row.get("unit"));
      int quality = row.get("quality") instanceof Number code ? code.intValue() : 2;
      item.put("quality", Quality.ofCode(quality).label());
      QualityReason reason = QualityReason.ofCode(quality);
      if (reason != null) {
        item.put("quality_reason", reason.label());
      }
      items.add(item);
    }
    exchange.getMessage().setBody(page(exchange, items));
  }

  /**
   * Rows of an aggregate as {@code {items:[{device, metric, ts, value, count, unit}], cursor}} of
   * the aggregate asked for.
   */
  public void aggregates(Exchange exchange) {
    String agg = text(exchange.getMessage(), "agg", "avg");
    if (!AGGREGATES.contains(agg)) {
      throw ProblemException.badField("agg", "expected one of " + String.join(", ", AGGREGATES));
    }
    List<Map<String, Object>> items = new ArrayList<>();
    for (Map<String, Object> row : rows(exchange)) {
      Map<String, Object> item = new LinkedHashMap<>();
      item.put("device", String.valueOf(row.get("device")));
      item.put("metric", row.get("metric"));
      item.put("ts", instant(row.get("ts")));
      item.put("value", row.get(agg));
      item.put("count", row.get("count"));
      item.put("unit", row.get("unit"));
      items.add(item);
    }
    exchange.getMessage().setBody(page(exchange, items));
  }

  private static Page<Map<String, Object>> page(
      Exchange exchange, List<Map<String, Object>> items) {
    int limit = exchange.getMessage().getHeader("rows", Integer.class) - 1;
    List<Map<String, Object>> rows = rows(exchange);
    return Page.of(items, limit, last -> Position.of(rows.get(limit - 1)));
  }

  @SuppressWarnings("unchecked")
  private static List<Map<String, Object>> rows(Exchange exchange) {
    return exchange.getMessage().getBody(List.class);
  }

  private static @Nullable String instant(@Nullable Object timestamp) {
    return timestamp instanceof Timestamp ts ? ts.toInstant().toString() : null;
  }
}
