package io.caravanhub.hub.metric;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.caravanhub.hub.telemetry.Limits;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A metric of the catalogue as a tenant sees it.
 *
 * @param own whether it came with the tenant's own payloads; others are everybody's
 * @param changed whether the tenant has limits of its own
 */
public record MetricView(
    String key,
    String kind,
    @Nullable String unit,
    String description,
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
