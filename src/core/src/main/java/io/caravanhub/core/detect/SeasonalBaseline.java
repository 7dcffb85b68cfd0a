package io.caravanhub.core.detect;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.TextStyle;
import java.util.Locale;

/**
 * What is usual at this hour of the week, from the same hours before; in the first week, at this
 * hour of the day; before that, at all. A value is unusual four deviations of such residuals away.
 * The classical decomposition into season and rest (Makridakis, Wheelwright and Hyndman,
 * Forecasting, chapter 3) with exponential forgetting. Hours are UTC.
 */
public final class SeasonalBaseline implements Detector {
  private static final double LIMIT = 4;
  private static final long DAY = 86_400_000;

  private final String metric;
  private final HourProfile day = HourProfile.ofDay(0.05);
  private final HourProfile week = HourProfile.ofWeek(0.1);
  private final Forgetting overall = Forgetting.halfLife(350);
  private final Baseline residuals;
  private long first = Long.MAX_VALUE;

  public SeasonalBaseline(DetectorSetup setup) {
    this.metric = setup.metrics().get(0);
    this.residuals = new Baseline(setup.trainRows());
  }

  @Override
  public Detection detect(long epochMillis, double... values) {
    double value = values[0];
    if (!Double.isFinite(value)) {
      return Detection.missing();
    }
    first = Math.min(first, epochMillis);
    double expected = expected(epochMillis);
    Detection said = judge(epochMillis, value, expected);
    // The first day knows no hours: its residuals say nothing of what they will be.
    if (overall.count() > 0 && (epochMillis - first > DAY || !residuals.isReady())) {
      residuals.learn(value - expected);
    }
    overall.add(value);
    day.learn(epochMillis, value);
    week.learn(epochMillis, value);
    return said;
  }

  private double expected(long epochMillis) {
    if (epochMillis - first > 7 * DAY && week.knows(epochMillis)) {
      return week.mean(epochMillis);
    }
    return epochMillis - first > DAY && day.knows(epochMillis)
        ? day.mean(epochMillis)
        : overall.mean();
  }

  private Detection judge(long epochMillis, double value, double expected) {
    double days = (epochMillis - first) / (double) DAY;
    double confidence = Math.min(residuals.confidence(), Math.max(0, Math.min(1, days / 14)));
    if (!residuals.isReady() || days <= 1) {
      return Detection.learning(confidence);
    }
    double reach = LIMIT * residuals.deviation();
    double off = value - expected;
    double score = Detection.score(Math.abs(off) / residuals.deviation(), LIMIT);
    if (Math.abs(off) < reach) {
      return Detection.usual(score, expected - reach, expected + reach, confidence);
    }
    return Detection.anomaly(
        score,
        expected - reach,
        expected + reach,
        confidence,
        "%s is %s where %s is usual at %s"
            .formatted(metric, Shown.number(value), Shown.number(expected), hour(epochMillis)));
  }

  static String hour(long epochMillis) {
    var at = Instant.ofEpochMilli(epochMillis).atOffset(ZoneOffset.UTC);
    return "%s %02d:00 UTC"
        .formatted(at.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH), at.getHour());
  }
}
