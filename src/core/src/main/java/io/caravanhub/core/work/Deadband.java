package io.caravanhub.core.work;

import io.caravanhub.core.metric.CanonicalMetric;
import io.caravanhub.core.metric.CanonicalMetrics;
import java.time.Duration;

/**
 * How far a number must move from the one sent last to be sent.
 *
 * @param absolute in the unit of the reading, 0 when percent says
 * @param percent of the value sent last, or of the span
 * @param span width of the metric's range in the unit of the reading; 0 to go by the value; NaN for
 *     the plausible range in the catalogue of metrics
 * @param heartbeat how long a number that does not move may go unsent, by the time of the readings
 */
public record Deadband(double absolute, double percent, double span, Duration heartbeat) {

  /** The deadband of one metric: the span is looked up. */
  public Deadband of(String metric) {
    if (!Double.isNaN(span)) {
      return this;
    }
    CanonicalMetric known = CanonicalMetrics.resolve(metric).orElse(null);
    double width =
        known == null || known.min() == null || known.max() == null ? 0 : known.max() - known.min();
    return new Deadband(absolute, percent, width, heartbeat);
  }

  /** How far a value may be from the one sent last and stay unsent. */
  public double width(double sent) {
    return absolute > 0 ? absolute : percent / 100 * (span > 0 ? span : Math.abs(sent));
  }
}
