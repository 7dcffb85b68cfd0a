package io.caravanhub.hub.telemetry;

import io.caravanhub.core.telemetry.Quality;
import io.caravanhub.core.telemetry.QualityReason;
import io.caravanhub.hub.api.Answers;
import io.caravanhub.hub.api.Page;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Rows of the telemetry queries as a page of JSON, or as CSV when that was asked for. */
@Component("telemetryAnswers")
public class TelemetryAnswers {
  private final Answers answers;

  public TelemetryAnswers(Answers answers) {
    this.answers = answers;
  }

  /**
   * {@code {items:[{device, metric, ts, value, unit, quality, quality_reason}], cursor}}; the
   * reason only where a value is not good, and with {@code with=mapping} the version of the mapping
   * that made it, {@code acme/fan@3}.
   */
  public void values(Exchange exchange) {
    boolean mapped = Boolean.TRUE.equals(exchange.getMessage().getHeader("withMapping"));
    List<String> columns =
        List.of("device", "metric", "ts", "value", "unit", "quality", "quality_reason", "mapping");
    write(
        exchange,
        mapped ? columns : columns.subList(0, columns.size() - 1),
        row -> {
          Map<String, @Nullable Object> item = begin(row);
          item.put(
              "value", row.get("text_value") != null ? row.get("text_value") : row.get("value"));
          item.put("unit", row.get("unit"));
          int quality = row.get("quality") instanceof Number code ? code.intValue() : 2;
          item.put("quality", Quality.ofCode(quality).label());
          QualityReason reason = QualityReason.ofCode(quality);
          if (reason != null) {
            item.put("quality_reason", reason.label());
          }
          if (mapped) {
            item.put("mapping", row.get("mapping"));
          }
          return item;
        });
  }

  /** {@code {items:[{device, metric, ts, value, count, unit}], cursor}}. */
  public void buckets(Exchange exchange) {
    String value = "count".equals(exchange.getMessage().getHeader("agg")) ? "count" : "value";
    write(
        exchange,
        List.of("device", "metric", "ts", "value", "count", "unit"),
        row -> {
          Map<String, @Nullable Object> item = begin(row);
          item.put("value", row.get(value));
          item.put("count", row.get("count"));
          item.put("unit", row.get("unit"));
          return item;
        });
  }

  private static Map<String, @Nullable Object> begin(Map<String, Object> row) {
    Map<String, @Nullable Object> item = new LinkedHashMap<>();
    item.put("device", String.valueOf(row.get("device")));
    item.put("metric", row.get("metric"));
    item.put("ts", PagePosition.instant(row.get("ts")));
    return item;
  }

  private void write(
      Exchange exchange,
      List<String> columns,
      Function<Map<String, Object>, Map<String, @Nullable Object>> item) {
    Message message = exchange.getMessage();
    int limit = message.getHeader("rows", Integer.class) - 1;
    boolean csv = "csv".equals(message.getHeader("format"));
    @SuppressWarnings("unchecked")
    List<Map<String, Object>> rows = message.getBody(List.class);
    Page<Map<String, Object>> page = Page.of(rows, limit, PagePosition::of);
    List<Map<String, @Nullable Object>> items = page.items().stream().map(item).toList();
    message.setBody(new Page<>(items, page.cursor()));
    answers.write(exchange);
    if (csv) {
      message.setHeader(Exchange.CONTENT_TYPE, "text/csv; charset=utf-8");
      if (page.cursor() != null) {
        message.setHeader("X-Cursor", page.cursor());
      }
      message.setBody(csv(columns, items).getBytes(StandardCharsets.UTF_8));
    }
  }

  /** RFC 4180: fields with a separator in them are quoted. */
  private static String csv(List<String> columns, List<Map<String, @Nullable Object>> items) {
    StringBuilder text = new StringBuilder(String.join(",", columns)).append("\r\n");
    for (Map<String, @Nullable Object> item : items) {
      text.append(columns.stream().map(c -> field(item.get(c))).collect(Collectors.joining(",")))
          .append("\r\n");
    }
    return text.toString();
  }

  private static String field(@Nullable Object value) {
    String text = value == null ? "" : value.toString();
    // A spreadsheet takes a text that begins so for a formula.
    if (value instanceof String && text.matches("(?s)[=+\\-@\\t].*")) {
      text = "'" + text;
    }
    return text.matches("(?s).*[\",\\r\\n].*") ? '"' + text.replace("\"", "\"\"") + '"' : text;
  }
}
