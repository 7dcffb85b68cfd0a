package io.caravanhub.hub.asset;

import io.caravanhub.core.mapping.MappingException;
import io.caravanhub.core.telemetry.Measurement;
import io.caravanhub.core.telemetry.Telemetry;
import io.caravanhub.hub.api.CallerContext;
import io.caravanhub.hub.api.Fields;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.asset.PastRows.Reading;
import io.caravanhub.hub.registry.AssetRegistry;
import io.caravanhub.hub.registry.Audit;
import io.caravanhub.hub.timeseries.TimeseriesConstants;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Header;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * {@code POST /assets/{a}/derive}: {@code {from, to?}}. Derives what the definition in force makes
 * of the past, moment by moment, for what came late, in a backfill, or before the definition. Rows
 * that are there stay as they are, and no rule looks at new ones, for what it would order is late.
 * A call takes so many readings at most and names the time to go on from. Thread-safe.
 */
@Component("assetPast")
public class AssetPast {
  private static final String ANSWER = "hub-asset-past";
  private static final int READINGS = 20_000;
  private static final int ROWS = 20_000;
  private static final Duration TIME = Duration.ofSeconds(10);
  private static final int FAILURES = 100;

  private final AssetRegistry assets;
  private final AssetBook book;
  private final AssetDevices devices;
  private final AssetSeries series;
  private final PastRows rows;
  private final Audit audit;

  AssetPast(
      AssetRegistry assets,
      AssetBook book,
      AssetDevices devices,
      AssetSeries series,
      PastRows rows,
      Audit audit) {
    this.assets = assets;
    this.book = book;
    this.devices = devices;
    this.series = series;
    this.rows = rows;
    this.audit = audit;
  }

  /** Body out: telemetry to be stored, or nothing. */
  public void derive(
      Exchange exchange, @Header("assetId") String id, @Body byte @Nullable [] body) {
    assets.get(id);
    Fields fields = Fields.of(body);
    fields.only(List.of("from", "to"));
    Instant from = fields.optionalInstant("from");
    Instant to = fields.optionalInstant("to");
    Instant until = to == null ? Instant.now() : to;
    if (from == null || !from.isBefore(until)) {
      throw ProblemException.badField(
          "from", "expected a time before to, such as 2026-01-31T12:00:00Z");
    }
    AssetKey key = new AssetKey(CallerContext.current().tenant(), id);
    WatchedAsset asset = book.read(key);
    if (asset == null) {
      throw ProblemException.conflict("assetId", "neither the asset nor its type has a definition");
    }
    List<Reading> before = rows.last(id, from.minus(asset.definition().age()), from);
    List<Reading> readings = rows.first(id, from, until, READINGS);
    String device = asset.definition().isEmpty() ? "" : devices.of(key, asset.type());
    Walk walk = new Walk(asset, device, before);
    @Nullable Instant next = walk.through(readings, readings.size() == READINGS);
    audit.record(
        "asset.derive",
        "asset:" + id,
        null,
        Map.of("from", from.toString(), "to", until.toString()));
    Map<String, @Nullable Object> answer = new LinkedHashMap<>();
    answer.put("readings", readings.stream().filter(Reading::isGood).count());
    answer.put("values", walk.made.size());
    answer.put("failed", walk.failed);
    answer.put("next", next == null ? null : next.toString());
    exchange.setProperty(ANSWER, answer);
    exchange.getMessage().removeHeader(TimeseriesConstants.STORED);
    exchange
        .getMessage()
        .setBody(
            walk.made.isEmpty()
                ? null
                : List.of(new Telemetry(key.tenant(), walk.device, AssetSeries.SOURCE, walk.made)));
  }

  /** Body out: {@code {readings, values, failed, next}}. */
  public void answer(Exchange exchange) {
    exchange.getMessage().setBody(exchange.getProperty(ANSWER));
  }

  /** One way through the past, oldest moment first. */
  private final class Walk implements AssetAnalysis.Failures {
    private final WatchedAsset asset;
    private final String device;
    private final Map<String, Reading> primary = new HashMap<>();
    private final Map<String, Reading> others = new HashMap<>();
    private final List<Measurement> made = new ArrayList<>();
    private long failed;

    Walk(WatchedAsset asset, String device, List<Reading> before) {
      this.asset = asset;
      this.device = device;
      before.forEach(this::know);
    }

    private void know(Reading reading) {
      if (reading.isGood()) {
        (reading.role().equals(AssetLink.PRIMARY) ? primary : others)
            .put(reading.metric(), reading);
      }
    }

    /**
     * Takes the readings of each moment together; at least one moment, so that who goes on gets
     * further.
     *
     * @param more whether there are more than these: the last moment may then lack some
     * @return where to go on, or null when all was taken
     */
    @Nullable Instant through(List<Reading> readings, boolean more) {
      long start = System.nanoTime();
      for (int i = 0; i < readings.size(); i++) {
        Reading reading = readings.get(i);
        boolean last = i + 1 == readings.size();
        if (last && more && !reading.ts().equals(readings.get(0).ts())) {
          return reading.ts();
        }
        know(reading);
        if (last || !readings.get(i + 1).ts().equals(reading.ts())) {
          look(reading.ts());
          boolean enough =
              made.size() >= ROWS
                  || failed >= FAILURES
                  || System.nanoTime() - start > TIME.toNanos();
          if (enough && !last) {
            return readings.get(i + 1).ts();
          }
        }
      }
      return more ? readings.get(0).ts().plus(1, ChronoUnit.MICROS) : null;
    }

    private void look(Instant at) {
      AssetMoment moment = moment(at.minus(asset.definition().age()));
      AssetAnalysis analysis = AssetAnalysis.of(asset.definition(), moment, List.of(), at, this);
      for (AssetAnalysis.Value value : analysis.values()) {
        if (value.ts().equals(at)) {
          DerivedMetric metric = value.metric();
          add(series.read(asset, device, metric.metric(), value.value(), metric.unit(), at));
        }
      }
      HealthAlgorithm algorithm = asset.definition().health();
      Health health = analysis.health();
      if (algorithm != null
          && health != null
          && !algorithm.isTimely()
          && at.equals(analysis.healthAt())) {
        add(series.read(asset, device, DefinitionReader.SCORE, health.score(), null, at));
      }
    }

    private AssetMoment moment(Instant oldest) {
      Map<String, Reading> best = new HashMap<>(others);
      best.values().removeIf(reading -> reading.ts().isBefore(oldest));
      primary.forEach(
          (metric, reading) -> {
            if (!reading.ts().isBefore(oldest)) {
              best.put(metric, reading);
            }
          });
      AssetMoment moment = new AssetMoment();
      Map<String, Object> roles = new HashMap<>();
      best.forEach((metric, reading) -> moment.put(metric, value(reading), reading.ts()));
      for (Map<String, Reading> known : List.of(others, primary)) {
        known.forEach(
            (metric, reading) -> AssetValues.enter(roles, reading.role(), metric, value(reading)));
      }
      moment.bind("asset", asset.key().asset());
      moment.bind("type", asset.type());
      moment.bind("metadata", asset.metadata());
      moment.bind("roles", roles);
      moment.settle(asset.definition().age());
      return moment;
    }

    private Object value(Reading reading) {
      return reading.text() != null ? reading.text() : (Object) reading.value();
    }

    private void add(@Nullable Measurement measurement) {
      if (measurement != null) {
        made.add(measurement);
      }
    }

    @Override
    public boolean isPaused(String formula) {
      return failed >= FAILURES;
    }

    @Override
    public void failed(String formula, MappingException failure, Duration took) {
      failed++;
    }
  }
}
