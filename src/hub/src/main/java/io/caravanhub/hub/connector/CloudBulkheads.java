package io.caravanhub.hub.connector;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * Keeps one cloud, however slow it is, from having all threads: of one OEM at most half of the
 * polls run at once on a hub. Thread-safe.
 */
@Component
class CloudBulkheads {
  private final int most;
  private final BulkheadRegistry bulkheads;
  private final MeterRegistry meters;

  CloudBulkheads(
      MeterRegistry meters,
      @Value("${hub.connections.polls:32}") int polls,
      @Value("${hub.connections.polls-per-cloud:0}") int each) {
    this.meters = meters;
    this.most = each > 0 ? each : Math.max(1, polls / 2);
    this.bulkheads =
        BulkheadRegistry.of(
            BulkheadConfig.custom()
                .maxConcurrentCalls(most)
                .maxWaitDuration(java.time.Duration.ZERO)
                .build());
  }

  /** How many polls of one OEM may run at once. */
  int most() {
    return most;
  }

  /** The OEMs that are being polled, one as often as it is. */
  Collection<String> running() {
    List<String> running = new ArrayList<>();
    for (Bulkhead bulkhead : bulkheads.getAllBulkheads()) {
      int free = bulkhead.getMetrics().getAvailableConcurrentCalls();
      running.addAll(Collections.nCopies(most - free, bulkhead.getName()));
    }
    return running;
  }

  /** A poll that has been claimed begins. */
  void enter(String oem) {
    bulkheads.find(oem).orElseGet(() -> make(oem)).tryAcquirePermission();
  }

  private Bulkhead make(String oem) {
    Bulkhead made = bulkheads.bulkhead(oem);
    meters.gauge(
        "hub.polls.running",
        io.micrometer.core.instrument.Tags.of("oem", oem),
        made,
        b -> most - b.getMetrics().getAvailableConcurrentCalls());
    return made;
  }

  void leave(String oem) {
    bulkheads.bulkhead(oem).onComplete();
  }
}
