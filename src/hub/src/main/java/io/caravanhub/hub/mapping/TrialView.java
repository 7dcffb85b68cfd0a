package io.caravanhub.hub.mapping;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.caravanhub.core.telemetry.Measurement;
import io.caravanhub.hub.telemetry.TrialReader.Refusal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a mapping makes of a payload.
 *
 * @param output what the expression or the table yielded, as it is
 * @param measurements what would be stored, in the metrics' own units
 * @param rejected what cannot be used; in the pipeline one of them makes the message a dead letter
 * @param unmatched fields of the payload that the mapping did not look at
 * @param micros time for reading and mapping the payload, microseconds
 */
@JsonPropertyOrder({"output", "measurements", "rejected", "unmatched", "micros"})
public record TrialView(
    @Nullable Object output,
    List<Line> measurements,
    List<Refusal> rejected,
    List<String> unmatched,
    long micros) {

  /**
   * One measurement.
   *
   * @param value a number, a text, or null when there was none to read
   * @param ts ISO 8601
   * @param quality good, suspect or bad
   * @param reason why it is not good, else null
   * @param device serial of the virtual device whose it is; absent where a message is not split
   */
  @JsonPropertyOrder({"metric", "value", "unit", "ts", "quality", "reason", "device"})
  public record Line(
      String metric,
      @Nullable Object value,
      @Nullable String unit,
      String ts,
      String quality,
      @Nullable String reason,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String device) {

    /** A measurement as it is shown. */
    public static Line of(Measurement m) {
      Object value = m.text() != null ? m.text() : Double.isNaN(m.value()) ? null : m.value();
      return new Line(
          m.metric(), value, m.unit(), m.ts().toString(), m.quality().label(), m.reason(), null);
    }

    /** The same, of this device. */
    public Line of(@Nullable String virtualDevice) {
      return new Line(metric, value, unit, ts, quality, reason, virtualDevice);
    }
  }
}
