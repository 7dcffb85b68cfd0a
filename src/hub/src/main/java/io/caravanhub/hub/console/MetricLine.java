package io.caravanhub.hub.console;

import io.caravanhub.hub.metric.MetricView;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A metric of the catalogue, ready to be shown.
 *
 * @param range its plausible range, or empty
 * @param others what else is asked of it, in words
 * @param own whether the tenant brought it along
 * @param changed whether the tenant has limits of its own
 */
public record MetricLine(
    String key,
    String description,
    String unit,
    boolean numeric,
    String range,
    List<String> others,
    boolean own,
    boolean changed) {

  static MetricLine of(MetricView metric) {
    Map<String, Object> limits = metric.limits();
    String min = text(limits.get("min"));
    String max = text(limits.get("max"));
    List<String> others = new ArrayList<>();
    add(others, "at most ", limits.get("max_rate_per_minute"), " a minute");
    add(others, "stuck after ", limits.get("stuck_after"), "");
    add(others, "stuck after ", limits.get("stuck_count"), " equal values");
    add(others, "ahead by ", limits.get("future"), "");
    add(others, "late by ", limits.get("past"), "");
    return new MetricLine(
        metric.key(),
        metric.description(),
        metric.unit() == null ? "" : metric.unit(),
        metric.isNumeric(),
        !metric.isNumeric() || (min.isEmpty() && max.isEmpty())
            ? ""
            : (min.isEmpty() ? "…" : min) + " to " + (max.isEmpty() ? "…" : max),
        others,
        metric.own(),
        metric.changed());
  }

  private static void add(
      List<String> others, String before, @Nullable Object value, String after) {
    if (value != null) {
      others.add(before + text(value) + after);
    }
  }

  /** A number without needless decimals, anything else as it is. */
  static String text(@Nullable Object value) {
    if (value instanceof Double number && number == Math.rint(number) && Math.abs(number) < 1e15) {
      return Long.toString(number.longValue());
    }
    return value == null ? "" : value.toString();
  }
}
