package io.caravanhub.hub.asset;

import io.caravanhub.core.mapping.MappingException;
import io.caravanhub.core.telemetry.Telemetry;
import io.caravanhub.hub.database.TenantScope;
import io.caravanhub.hub.lease.HubLeases;
import io.caravanhub.hub.telemetry.SharedValues;
import io.caravanhub.hub.timeseries.TimeseriesConstants;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Derives metrics and health of the assets that have new readings, once a second by the clock:
 * {@link #derive} makes telemetry of the devices that stand for them, the route stores it, and
 * {@link #stored} takes note. A round that failed is done again; what it makes then is the same.
 * Called by one thread at a time.
 */
@Component("assetMetrics")
public class AssetMetrics {
  private static final Logger LOG = LoggerFactory.getLogger(AssetMetrics.class);
  private static final String ROUND = "hub-asset-round";
  private static final int ASSETS_A_ROUND = 2_000;
  private static final Duration ROUND_TIME = Duration.ofSeconds(2);
  private static final Duration SWEEP = Duration.ofSeconds(30);

  private final HubLeases leases;
  private final SharedValues shared;
  private final AssetBook book;
  private final AssetReadings readings;
  private final AssetValues values;
  private final AssetSeries series;
  private final HealthRows health;
  private final FormulaFailures failures;
  private final Counter derived;
  private Instant swept = Instant.EPOCH;

  AssetMetrics(
      AssetBook book,
      AssetReadings readings,
      AssetValues values,
      AssetSeries series,
      HealthRows health,
      FormulaFailures failures,
      HubLeases leases,
      SharedValues shared,
      MeterRegistry meters) {
    this.shared = shared;
    this.leases = leases;
    this.book = book;
    this.readings = readings;
    this.values = values;
    this.series = series;
    this.health = health;
    this.failures = failures;
    this.derived = meters.counter("hub.assets.derived");
    Gauge.builder("hub.assets.waiting", readings, AssetReadings::size).register(meters);
  }

  private record Judged(WatchedAsset asset, AssetAnalysis analysis, AssetSeries.Batch batch) {}

  private record Round(List<AssetKey> taken, List<Judged> judged) {}

  /** Body out: a list of {@link Telemetry}, or nothing when there is nothing to say. */
  public void derive(Exchange exchange) {
    Instant now = Instant.now();
    List<AssetKey> other = book.refresh(System.nanoTime());
    other.forEach(failures::forget);
    readings.add(other);
    sweep(now);
    Round round = new Round(readings.take(ASSETS_A_ROUND), new ArrayList<>());
    List<Telemetry> made = new ArrayList<>();
    long start = System.nanoTime();
    try {
      hear(round.taken);
      for (AssetKey key : round.taken) {
        WatchedAsset asset = book.asset(key);
        if (asset == null || asset.definition().isEmpty()) {
          continue;
        }
        if (System.nanoTime() - start > ROUND_TIME.toNanos()) {
          readings.add(List.of(key));
          continue;
        }
        Judged judged = TenantScope.call(key.tenant(), () -> judge(asset, now));
        if (judged != null) {
          round.judged.add(judged);
          if (judged.batch.telemetry() != null) {
            made.add(judged.batch.telemetry());
          }
        }
      }
    } catch (RuntimeException e) {
      readings.add(round.taken);
      throw e;
    }
    exchange.setProperty(ROUND, round);
    exchange.getMessage().setBody(made.isEmpty() ? null : made);
  }

  /** What devices of these assets have said to other hubs. */
  private void hear(List<AssetKey> assets) {
    Map<String, Set<String>> devices = new HashMap<>();
    for (AssetKey key : assets) {
      WatchedAsset asset = book.asset(key);
      if (asset != null && !asset.definition().isEmpty()) {
        Set<String> ofTenant = devices.computeIfAbsent(key.tenant(), t -> new HashSet<>());
        asset.links().forEach(link -> ofTenant.add(link.device()));
      }
    }
    devices.forEach((tenant, ids) -> TenantScope.run(tenant, () -> shared.refresh(ids)));
  }

  /** An asset that cannot be judged is told; the others are, unless the database is away. */
  private @Nullable Judged judge(WatchedAsset asset, Instant now) {
    try {
      return judged(asset, now);
    } catch (DataAccessException | TransactionException e) {
      throw e;
    } catch (RuntimeException e) {
      LOG.warn("Asset {} cannot be judged", asset.key(), e);
      failures.failed(asset, "asset", String.valueOf(e.getMessage()), Duration.ZERO, now);
      return null;
    }
  }

  private Judged judged(WatchedAsset asset, Instant now) {
    HealthAlgorithm algorithm = asset.definition().health();
    AssetMoment moment = values.of(asset);
    List<OpenEvent> events =
        algorithm != null && algorithm.asksForEvents()
            ? health.events(asset.key().asset())
            : List.of();
    AssetAnalysis analysis =
        AssetAnalysis.of(asset.definition(), moment, events, now, told(asset, now));
    return new Judged(asset, analysis, series.batch(asset, analysis, now));
  }

  private AssetAnalysis.Failures told(WatchedAsset asset, Instant now) {
    return new AssetAnalysis.Failures() {
      @Override
      public boolean isPaused(String formula) {
        return failures.isPaused(asset, formula, now);
      }

      @Override
      public void failed(String formula, MappingException failure, Duration took) {
        LOG.debug("{} of {} failed", formula, asset.key(), failure);
        failures.failed(asset, formula, DefinitionField.placed(failure), took, now);
      }
    };
  }

  /**
   * Health that depends on time or events is looked at again also when nothing is read, by one of
   * several hubs.
   */
  private void sweep(Instant now) {
    if (!leases.want("assets").isHeld() || swept.plus(SWEEP).isAfter(now)) {
      return;
    }
    swept = now;
    List<AssetKey> timely = new ArrayList<>();
    for (WatchedAsset asset : book.all()) {
      HealthAlgorithm algorithm = asset.definition().health();
      if (algorithm != null && algorithm.isTimely()) {
        timely.add(asset.key());
      }
    }
    readings.add(timely);
  }

  /** What was derived has gone through the rules since, and may have made an event. */
  private void lookForEvents(Judged judged) {
    HealthAlgorithm algorithm = judged.asset.definition().health();
    if (algorithm != null && algorithm.asksForEvents() && judged.batch.size() > 0) {
      readings.add(List.of(judged.asset.key()));
    }
  }

  /** The round's telemetry is committed, or could not be. */
  public void stored(Exchange exchange) {
    Round round = exchange.getProperty(ROUND, Round.class);
    if (round == null) {
      return;
    }
    boolean stored = exchange.getMessage().getHeader(TimeseriesConstants.STORED) != null;
    if (!stored && round.judged.stream().anyMatch(judged -> judged.batch.size() > 0)) {
      readings.add(round.taken);
      return;
    }
    try {
      round.judged.forEach(this::note);
    } catch (RuntimeException e) {
      readings.add(round.taken);
      throw e;
    }
  }

  private void note(Judged judged) {
    AssetKey key = judged.asset.key();
    Health score = judged.analysis.health();
    if (score != null) {
      TenantScope.run(
          key.tenant(),
          () -> health.put(key.asset(), judged.batch.healthAt(), score, judged.asset.judgedBy()));
    }
    series.committed(judged.batch);
    derived.increment(judged.batch.size());
    lookForEvents(judged);
  }
}
