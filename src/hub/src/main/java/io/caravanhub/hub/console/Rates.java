package io.caravanhub.hub.console;

import io.caravanhub.hub.pipeline.RouteMeter;
import io.caravanhub.hub.telemetry.LatestValues;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Samples the counters once a second, so that a page that opens has its last minute at hand. */
@Component
class Rates {
  private final RouteMeter meter;
  private final LatestValues latest;
  private final RateHistory readings;
  private final Map<String, RateHistory> routes = new ConcurrentHashMap<>();

  Rates(RouteMeter meter, LatestValues latest) {
    this.meter = meter;
    this.latest = latest;
    this.readings = new RateHistory(latest.totalReadings(), System.nanoTime());
  }

  @Scheduled(fixedRate = 1000)
  void sample() {
    long now = System.nanoTime();
    readings.sample(latest.totalReadings(), now);
    for (Map.Entry<String, RouteMeter.Counts> route : meter.all()) {
      history(route.getKey()).sample(route.getValue().in(), now);
    }
  }

  /** Measurements a second. */
  RateHistory readings() {
    return readings;
  }

  /** Messages a second of one route. */
  RateHistory route(String id) {
    return history(id);
  }

  private RateHistory history(String id) {
    return routes.computeIfAbsent(
        id, key -> new RateHistory(meter.of(key).in(), System.nanoTime()));
  }
}
