package io.caravanhub.hub.connector;

import io.caravanhub.core.cloud.CloudException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;

/** When a stream that ended is connected anew. Stateless. */
final class StreamSchedule {
  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofMinutes(5);
  private static final int DOUBLINGS = 9;

  private StreamSchedule() {}

  /** Twice as long after each failure, spread, so that a broker that comes back is not run over. */
  static Instant next(int failures, CloudException.Kind kind, Instant now) {
    Duration wait = FIRST.multipliedBy(1L << Math.min(failures, DOUBLINGS));
    // Refused credentials get no better by trying; too many attempts lock accounts.
    if (kind == CloudException.Kind.REFUSED || kind == CloudException.Kind.WRONG) {
      wait = wait.multipliedBy(16);
    }
    wait = wait.compareTo(LONGEST) > 0 ? LONGEST : wait;
    double spread = 0.75 + ThreadLocalRandom.current().nextDouble() / 2;
    return now.plusMillis((long) (wait.toMillis() * spread));
  }
}
