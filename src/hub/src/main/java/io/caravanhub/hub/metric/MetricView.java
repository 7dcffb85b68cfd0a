package io.caravanhub.hub.metric;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.caravanhub.hub.telemetry.Limits;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A metric of the catalogue as a tenant sees it.
 *
 * @param group the trade it belongs to, empty for a tenant's own
 * @param type number, integer, boolean or text
 * @param haystack tags of Project Haystack
 * @param brick class of the Brick schema, or empty
 * @param own whether it came with the tenant's own payloads; others are everybody's
 * @param changed whether the tenant has limits of its own
 */
public record MetricView(
    String key,
    String kind,
    @Nullable String unit,
    String description,
    String group,
    String type,
    List<String> haystack,
    String brick,
    boolean own,
    boolean changed,
    Map<String, Object> limits) {

  /** The limits under the names that the API takes them by. */
  static Map<String, Object> fields(Limits limits) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("min", limits.min());
    fields.put("max", limits.max());
    fields.put("range_quality", limits.rangeQuality().label());
    fields.put("max_rate_per_minute", limits.ratePerMinute());
    fields.put("rate_quality", limits.rateQuality().label());
    fields.put("stuck_after", text(limits.stuckAfter()));
    fields.put("stuck_count", limits.stuckCount());
    fields.put("stuck_quality", limits.stuckQuality().label());
    fields.put("future", text(limits.future()));
    fields.put("future_quality", limits.futureQuality().label());
    fields.put("past", text(limits.past()));
    fields.put("past_quality", limits.pastQuality().label());
    fields.put("unit_quality", limits.unitQuality().label());
    return fields;
  }

  private static @Nullable String text(@Nullable Object duration) {
    return duration == null ? null : duration.toString();
  }

  /** Whether it is a number, and so can have limits. */
  @JsonProperty("numeric")
  public boolean isNumeric() {
    return kind.equals("number");
  }
}
