package io.caravanhub.hub.broker;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;

/**
 * Writes the first few refusals of each ten seconds to the log and counts the rest, so that a storm
 * of them cannot fill a disk. Thread-safe.
 */
final class RefusalLog {
  private static final long SPAN_NANOS = Duration.ofSeconds(10).toNanos();
  private static final int SHOWN = 5;

  private final Logger log;
  private final AtomicLong refusals = new AtomicLong();
  private final AtomicLong began = new AtomicLong(System.nanoTime());

  RefusalLog(Logger log) {
    this.log = log;
  }

  /** One refusal; control characters of the sender do not reach the log. */
  void say(String what, String about) {
    long now = System.nanoTime();
    long since = began.get();
    if (now - since > SPAN_NANOS && began.compareAndSet(since, now)) {
      long unsaid = refusals.getAndSet(0) - SHOWN;
      if (unsaid > 0) {
        log.info("{} more MQTT refusals were not logged; hub_mqtt_refused counts them", unsaid);
      }
    }
    if (refusals.incrementAndGet() <= SHOWN) {
      log.info(what, about.replaceAll("\\p{Cntrl}", "?"));
    }
  }
}
