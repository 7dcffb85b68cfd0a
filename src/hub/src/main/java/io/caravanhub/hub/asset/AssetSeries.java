package io.caravanhub.hub.asset;

import io.caravanhub.core.telemetry.Measurement;
import io.caravanhub.core.telemetry.Telemetry;
import io.caravanhub.core.telemetry.UnusableMessageException;
import io.caravanhub.hub.telemetry.CanonicalReader;
import io.caravanhub.hub.telemetry.LatestValues;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The series of assets: what was said last of each derived metric, so that only news is stored.
 *
 * <p>A derived value has the time of the newest reading that it is about, so doing it again gives
 * the same row. When more is known of that very time later (two devices measured at once), the
 * value that follows is a microsecond later. Called by one thread at a time, but for {@link #read}.
 */
@Component
class AssetSeries {
  /** Where its telemetry comes in. */
  static final String SOURCE = "asset";

  private static final Duration SAME = Duration.ofMillis(1);
  private static final int ASSETS_MAX = 100_000;

  private final AssetDevices devices;
  private final LatestValues latest;
  private final CanonicalReader reader;
  private final FormulaFailures failures;
  private final Map<AssetKey, Map<String, Measurement>> said = new HashMap<>();

  AssetSeries(
      AssetDevices devices, LatestValues latest, CanonicalReader reader, FormulaFailures failures) {
    this.devices = devices;
    this.latest = latest;
    this.reader = reader.ofMapped();
    this.failures = failures;
  }

  /**
   * What is new of an asset.
   *
   * @param telemetry null when there is nothing new
   * @param healthAt the moment of its health
   */
  record Batch(AssetKey asset, @Nullable Telemetry telemetry, Instant healthAt) {
    int size() {
      return telemetry == null ? 0 : telemetry.measurements().size();
    }
  }

  /** What of an analysis has not been said; not remembered before it is {@link #committed}. */
  Batch batch(WatchedAsset asset, AssetAnalysis analysis, Instant now) {
    Health health = analysis.health();
    if (analysis.values().isEmpty() && health == null) {
      return new Batch(asset.key(), null, now);
    }
    String device = devices.of(asset.key(), asset.type());
    Map<String, Measurement> known = said(asset.key(), device);
    List<Measurement> fresh = new ArrayList<>();
    for (AssetAnalysis.Value value : analysis.values()) {
      DerivedMetric metric = value.metric();
      add(
          read(asset, device, metric.metric(), value.value(), metric.unit(), value.ts()),
          fresh,
          known,
          null);
    }
    Instant healthAt = now.truncatedTo(ChronoUnit.MILLIS);
    if (health != null) {
      Instant measured = Objects.requireNonNullElse(analysis.healthAt(), healthAt);
      Measurement score =
          add(
              read(asset, device, DefinitionReader.SCORE, health.score(), null, measured),
              fresh,
              known,
              healthAt);
      healthAt = score == null ? measured : score.ts();
    }
    Telemetry telemetry =
        fresh.isEmpty() ? null : new Telemetry(asset.key().tenant(), device, SOURCE, fresh);
    return new Batch(asset.key(), telemetry, healthAt);
  }

  /** As the pipeline reads a message: converted to the metric's unit, its quality judged. */
  @Nullable Measurement read(
      WatchedAsset asset,
      String device,
      String metric,
      Object value,
      @Nullable String unit,
      Instant ts) {
    Map<String, Object> item = new HashMap<>();
    item.put("name", metric);
    item.put("value", value);
    item.put("timestamp", ts.toString());
    if (unit != null) {
      item.put("unit", unit);
    }
    String tenant = asset.key().tenant();
    try {
      return reader
          .read(Map.of("measurements", List.of(item)), tenant, device, SOURCE, Instant.now())
          .measurements()
          .get(0);
    } catch (UnusableMessageException e) {
      failures.failed(asset, metric, e.reason(), Duration.ZERO, Instant.now());
      return null;
    }
  }

  /**
   * Adds a value if it is news.
   *
   * @param judged the time of a value that changes by itself, or null when it does so by readings
   * @return as it was added, or null
   */
  private @Nullable Measurement add(
      @Nullable Measurement measurement,
      List<Measurement> fresh,
      Map<String, Measurement> known,
      @Nullable Instant judged) {
    if (measurement == null) {
      return null;
    }
    Measurement before = known.get(measurement.metric());
    Instant at = before == null ? measurement.ts() : news(before, measurement, judged);
    if (at == null) {
      return null;
    }
    Measurement timed = at(measurement, at);
    fresh.add(timed);
    return timed;
  }

  private static @Nullable Instant news(
      Measurement before, Measurement now, @Nullable Instant judged) {
    if (now.ts().isAfter(before.ts())) {
      return now.ts();
    }
    if (Double.compare(now.value(), before.value()) == 0
        && Objects.equals(now.text(), before.text())) {
      return null;
    }
    if (judged != null && judged.isAfter(before.ts())) {
      return judged;
    }
    return judged != null || before.ts().isBefore(now.ts().plus(SAME))
        ? before.ts().plus(1, ChronoUnit.MICROS)
        : null;
  }

  private static Measurement at(Measurement m, Instant ts) {
    return new Measurement(m.metric(), ts, m.value(), m.text(), m.unit(), m.quality(), m.reason());
  }

  /** After a start, what the store knew. */
  private Map<String, Measurement> said(AssetKey asset, String device) {
    if (said.size() > ASSETS_MAX) {
      said.clear();
    }
    return said.computeIfAbsent(asset, a -> new HashMap<>(latest.of(device)));
  }

  /** The batch is in the store. */
  void committed(Batch batch) {
    if (batch.telemetry != null) {
      Map<String, Measurement> known = said(batch.asset, batch.telemetry.device());
      batch.telemetry.measurements().forEach(m -> known.put(m.metric(), m));
    }
  }
}
