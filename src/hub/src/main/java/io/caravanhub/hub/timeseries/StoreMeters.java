package io.caravanhub.hub.timeseries;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What operators see of the way into the store; a few counters a batch. Recorded by the writing
 * thread, read by any.
 */
final class StoreMeters {
  private static final Duration[] STEPS = {
    Duration.ofMillis(5),
    Duration.ofMillis(25),
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofSeconds(1),
    Duration.ofMillis(2_500),
    Duration.ofSeconds(5),
    Duration.ofSeconds(15)
  };

  private final Timer commits;
  private final Timer latency;
  private final DistributionSummary batch;
  private final Counter stored;
  private final Counter duplicate;

  /** Until something is stored, the hub's start stands for the newest reading. */
  private volatile long newestMicros = nowMicros();

  StoreMeters(MeterRegistry meters, BatchLoop loop) {
    commits =
        Timer.builder("hub.store.commit")
            .description("Time that a batch took to write and commit")
            .serviceLevelObjectives(STEPS)
            .register(meters);
    latency =
        Timer.builder("hub.store.latency")
            .description("Time from the queue to the commit, of the oldest message of each batch")
            .serviceLevelObjectives(STEPS)
            .register(meters);
    batch =
        DistributionSummary.builder("hub.store.batch")
            .baseUnit("rows")
            .description("Rows of a batch")
            .serviceLevelObjectives(1, 10, 50, 100, 500, 1_000, 2_000, 5_000)
            .register(meters);
    stored = rows("stored", meters);
    duplicate = rows("duplicate", meters);
    Gauge.builder("hub.store.queue.rows", loop, BatchLoop::queued)
        .description("Rows that wait for the database")
        .register(meters);
    Gauge.builder("hub.store.queue.bytes", loop, BatchLoop::queuedBytes)
        .description("Bytes that wait for the database")
        .register(meters);
    Gauge.builder("hub.store.lag", loop, l -> l.lag().toNanos() / 1e9)
        .baseUnit("seconds")
        .description("How long the oldest message that is not committed has waited")
        .register(meters);
    Gauge.builder("hub.store.watermark.age", this, StoreMeters::watermarkAge)
        .baseUnit("seconds")
        .description("Age of the newest reading that was stored since the hub started")
        .register(meters);
  }

  private static Counter rows(String fate, MeterRegistry meters) {
    return Counter.builder("hub.store.rows")
        .description("Rows that were written, or were there already")
        .tag("fate", fate)
        .register(meters);
  }

  /**
   * A batch is in the store.
   *
   * @param rows those written, without equal keys
   * @param given rows that came, with equal keys
   * @param known how many were in the store already
   * @param started of the first attempt, by {@link System#nanoTime()}
   * @param oldest when the oldest message was queued, likewise
   */
  void committed(List<Row> rows, int given, int known, long started, long oldest) {
    long now = System.nanoTime();
    commits.record(now - started, TimeUnit.NANOSECONDS);
    latency.record(now - oldest, TimeUnit.NANOSECONDS);
    batch.record(given);
    stored.increment(rows.size() - known);
    duplicate.increment(known + (given - rows.size()));
    long newest = newestMicros;
    for (Row row : rows) {
      newest = Math.max(newest, row.micros());
    }
    // A clock that is ahead must not hide that nothing comes any more.
    newestMicros = Math.min(newest, nowMicros());
  }

  private double watermarkAge() {
    return Math.max(0, nowMicros() - newestMicros) / 1e6;
  }

  private static long nowMicros() {
    return System.currentTimeMillis() * 1_000;
  }
}
