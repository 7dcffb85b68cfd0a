package io.caravanhub.hub.connector;

import io.caravanhub.core.cloud.CloudException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** When a connection polls next. Stateless. */
final class PollSchedule {
  private static final Duration FIRST_BACK_OFF = Duration.ofSeconds(15);
  private static final Duration LONGEST = Duration.ofHours(1);
  private static final int DOUBLINGS = 8;

  private PollSchedule() {}

  /** After a success: in the rhythm it had, without making up for turns that were missed. */
  static Instant afterSuccess(
      Instant planned, Duration every, @Nullable Instant notBefore, Instant now) {
    Instant next = planned.plus(every);
    if (!next.isAfter(now)) {
      long missed = Duration.between(planned, now).dividedBy(every) + 1;
      next = planned.plus(every.multipliedBy(missed));
    }
    return notBefore != null && notBefore.isAfter(next) ? notBefore : next;
  }

  /** After a failure: twice as long each time, spread, never sooner than the cloud asked for. */
  static Instant afterFailure(
      int failures,
      CloudException.Kind kind,
      @Nullable Instant notBefore,
      Duration every,
      Instant now) {
    Duration wait = FIRST_BACK_OFF.multipliedBy(1L << Math.min(failures, DOUBLINGS));
    // Refused credentials get no better by asking; too many attempts lock accounts.
    if (kind == CloudException.Kind.REFUSED) {
      wait = wait.multipliedBy(8);
    }
    Duration most = every.compareTo(LONGEST) > 0 ? every : LONGEST;
    wait = wait.compareTo(most) > 0 ? most : wait;
    double spread = 0.75 + ThreadLocalRandom.current().nextDouble() / 2;
    Instant next = now.plusMillis((long) (wait.toMillis() * spread));
    return notBefore != null && notBefore.isAfter(next)
        ? notBefore.plusMillis(ThreadLocalRandom.current().nextLong(2_000))
        : next;
  }
}
