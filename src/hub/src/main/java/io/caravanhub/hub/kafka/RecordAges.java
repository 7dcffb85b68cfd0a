package io.caravanhub.hub.kafka;

import java.time.Clock;
import java.util.Map;
import java.util.WeakHashMap;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * How old the records are that this hub's consumers have in hand, each of which has a thread of its
 * own. Counted from the time that the hub gave a record which sent it, so that clocks of hubs that
 * differ show. Told twice a batch. Thread-safe.
 */
@Component
class RecordAges {
  /** For so long a batch counts that is done: between two looks there may be none in hand. */
  private static final long STAYS_MILLIS = 10_000;

  /** When a batch is not done. */
  private static final long OPEN = Long.MAX_VALUE;

  private final Clock clock;
  private final Map<Thread, Batch> batches = new WeakHashMap<>();

  private record Batch(String topic, long oldest, long done) {
    double seconds(long now) {
      boolean over = done != OPEN && now - done > STAYS_MILLIS;
      return over ? 0 : Math.max(0, Math.min(now, done) - oldest) / 1e3;
    }
  }

  @Autowired
  RecordAges() {
    this(Clock.systemUTC());
  }

  RecordAges(Clock clock) {
    this.clock = clock;
  }

  /**
   * This thread takes a batch, or tries it again.
   *
   * @param oldest time of its oldest record in milliseconds
   */
  synchronized void begins(String topic, long oldest) {
    batches.put(Thread.currentThread(), new Batch(topic, oldest, OPEN));
  }

  /** This thread's batch is stored, or given up. */
  synchronized void ends() {
    long now = clock.millis();
    batches.computeIfPresent(
        Thread.currentThread(), (thread, batch) -> new Batch(batch.topic, batch.oldest, now));
  }

  /** The age of the oldest record that is in hand or was a moment ago; 0 when there is none. */
  synchronized double seconds(String topic) {
    long now = clock.millis();
    // A consumer that was stopped with a batch in hand has left it.
    batches.keySet().removeIf(thread -> !thread.isAlive());
    return batches.values().stream()
        .filter(batch -> batch.topic.equals(topic))
        .mapToDouble(batch -> batch.seconds(now))
        .max()
        .orElse(0);
  }
}
