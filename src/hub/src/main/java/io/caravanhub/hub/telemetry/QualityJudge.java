package io.caravanhub.hub.telemetry;

import io.caravanhub.core.telemetry.Measurement;
import io.caravanhub.core.telemetry.Quality;
import io.caravanhub.core.telemetry.QualityReason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Judges what needs the device's clock or its readings before: future, old, rate, stuck. (Range and
 * unit are judged where the value is read.) A measurement keeps the worst of its verdicts, the
 * device's own included. A reading that is not newer than the last one is not compared with it; one
 * that comes again is told what it was told before. Thread-safe.
 */
@Component
public class QualityJudge {
  private static final int SERIES_MAX = 200_000;
  private static final int REPLAYED_SERIES_MAX = 20_000;

  private final Metrics catalog;
  private final SeriesMemory live;
  private final ThreadLocal<@Nullable SeriesMemory> replaying = new ThreadLocal<>();
  private final Counter[][] counters =
      new Counter[Quality.values().length][QualityReason.values().length + 1];

  @Autowired
  public QualityJudge(Metrics catalog, MeterRegistry meters) {
    this(catalog, meters, SERIES_MAX);
  }

  QualityJudge(Metrics catalog, MeterRegistry meters, int series) {
    this.catalog = catalog;
    this.live = new SeriesMemory(series);
    Gauge.builder("hub.telemetry.quality.series", live, SeriesMemory::size).register(meters);
    for (Quality quality : List.of(Quality.SUSPECT, Quality.BAD)) {
      for (int reason = 0; reason <= QualityReason.values().length; reason++) {
        counters[quality.ordinal()][reason] =
            meters.counter(
                "hub.telemetry.quality",
                "level",
                quality.label(),
                "reason",
                reason == 0 ? "none" : QualityReason.values()[reason - 1].label());
      }
    }
  }

  /** Puts the measurements of one message right in place, and counts those that are not good. */
  public void judge(String tenant, String device, Instant received, List<Measurement> all) {
    judge(tenant, device, received, all, Map.of());
  }

  /**
   * As above.
   *
   * @param own limits that count in place of the tenant's, by the metric's key
   */
  void judge(
      String tenant,
      String device,
      Instant received,
      List<Measurement> all,
      Map<String, Limits> own) {
    Map<String, Limits> timed = catalog.timed(tenant);
    for (int i = 0; i < all.size(); i++) {
      Measurement measurement = all.get(i);
      Limits limits = own.isEmpty() ? null : own.get(measurement.metric());
      if (limits == null) {
        limits = timed.isEmpty() ? null : timed.get(measurement.metric());
      }
      if (limits != null) {
        Verdict verdict = verdict(device, received, measurement, limits);
        if (verdict != null && verdict.quality().ordinal() > measurement.quality().ordinal()) {
          measurement = flagged(measurement, verdict);
          all.set(i, measurement);
        }
      }
      if (measurement.quality() != Quality.GOOD && replaying.get() == null) {
        count(measurement);
      }
    }
  }

  /**
   * Runs work whose messages are of the past: they are compared among themselves, over all that
   * this executor runs on the caller's thread, and not with live ones.
   */
  public Executor past() {
    SeriesMemory own = new SeriesMemory(REPLAYED_SERIES_MAX);
    return work -> {
      replaying.set(own);
      try {
        work.run();
      } finally {
        replaying.remove();
      }
    };
  }

  private @Nullable Verdict verdict(
      String device, Instant received, Measurement measurement, Limits limits) {
    Verdict worst = null;
    Duration future = limits.future();
    if (future != null && measurement.ts().isAfter(received.plus(future))) {
      worst = worse(worst, limits.futureQuality(), QualityReason.FUTURE);
    }
    Duration past = limits.past();
    if (past != null && measurement.ts().isBefore(received.minus(past))) {
      worst = worse(worst, limits.pastQuality(), QualityReason.OLD);
    }
    if (limits.remembers()
        && !Double.isNaN(measurement.value())
        && measurement.quality() != Quality.BAD) {
      SeriesMemory own = replaying.get();
      SeriesMemory.Series series = (own == null ? live : own).of(device, measurement.metric());
      synchronized (series) {
        Verdict compared =
            compared(series, measurement.ts().toEpochMilli(), measurement.value(), limits);
        if (compared != null) {
          worst = worse(worst, compared.quality(), compared.reason());
        }
      }
    }
    return worst;
  }

  private static @Nullable Verdict compared(
      SeriesMemory.Series series, long millis, double value, Limits limits) {
    if (millis <= series.lastMillis) {
      return series.recalled(millis);
    }
    Verdict verdict = null;
    boolean first = series.lastMillis == Long.MIN_VALUE;
    Double rate = limits.ratePerMinute();
    if (!first && rate != null && jumps(series, millis, value, rate)) {
      verdict = worse(verdict, limits.rateQuality(), QualityReason.RATE);
    } else {
      series.calmMillis = millis;
      series.calm = value;
    }
    if (first || value != series.last) {
      series.sameSince = millis;
      series.same = 1;
    } else {
      series.same++;
    }
    Duration after = limits.stuckAfter();
    Integer count = limits.stuckCount();
    if ((after != null && series.same > 1 && millis - series.sameSince >= after.toMillis())
        || (count != null && series.same >= count)) {
      verdict = worse(verdict, limits.stuckQuality(), QualityReason.STUCK);
    }
    series.lastMillis = millis;
    series.last = value;
    if (verdict != null) {
      series.remember(millis, verdict);
    }
    return verdict;
  }

  /**
   * Whether the value is too far from the reading before and from the last that did not jump
   * itself: so a spike is flagged and the way back is not, and of a new level its first reading
   * only.
   */
  private static boolean jumps(
      SeriesMemory.Series series, long millis, double value, double ratePerMinute) {
    return Math.abs(value - series.last) > reach(ratePerMinute, millis - series.lastMillis)
        && Math.abs(value - series.calm) > reach(ratePerMinute, millis - series.calmMillis);
  }

  /** Readings less than a second apart count as a second apart: noise is no rate. */
  private static double reach(double ratePerMinute, long millis) {
    return ratePerMinute * Math.max(1000, millis) / 60_000.0;
  }

  private static Verdict worse(@Nullable Verdict before, Quality quality, QualityReason reason) {
    return before == null || quality.ordinal() > before.quality().ordinal()
        ? new Verdict(quality, reason)
        : before;
  }

  private static Measurement flagged(Measurement m, Verdict verdict) {
    return new Measurement(
        m.metric(),
        m.ts(),
        m.value(),
        m.text(),
        m.unit(),
        verdict.quality(),
        verdict.reason().label());
  }

  private void count(Measurement measurement) {
    QualityReason reason = QualityReason.of(measurement.reason());
    counters[measurement.quality().ordinal()][reason == null ? 0 : reason.ordinal() + 1]
        .increment();
  }
}
