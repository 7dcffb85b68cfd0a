package io.caravanhub.core.telemetry;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One value of one metric at one moment, in the metric's canonical unit.
 *
 * @param metric canonical metric key, for instance {@code discharge_air_temp}
 * @param ts when the device measured it (UTC)
 * @param value the number, or NaN when the measurement is a text or could not be read
 * @param text the text of a textual measurement (a state, a fault code), else null
 * @param unit UCUM code of {@code value}, or null when the metric has none
 * @param quality how far it can be trusted
 * @param reason why the quality is not good, else null
 */
public record Measurement(
    String metric,
    Instant ts,
    double value,
    @Nullable String text,
    @Nullable String unit,
    Quality quality,
    @Nullable String reason) {

  /** A good number. */
  public static Measurement of(String metric, Instant ts, double value, @Nullable String unit) {
    return new Measurement(metric, ts, value, null, unit, Quality.GOOD, null);
  }
}
