package io.caravanhub.hub.connector;

import io.caravanhub.core.cloud.CloudException;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** When a connection polls next. Stateless. */
final class PollSchedule {
  private static final Duration FIRST_BACK_OFF = Duration.ofSeconds(15);
  private static final Duration LONGEST = Duration.ofHours(1);
  private static final int DOUBLINGS = 8;

  private PollSchedule() {}

  /**
   * After a success: the next of the turns that are this connection's own, without making up for
   * those that were missed. A connection's turns are a fixed part of its interval away from
   * everybody else's, so that a thousand that were enabled at once do not stay together.
   *
   * @param planned when it was this poll's turn
   */
  static Instant afterSuccess(
      UUID connection, Instant planned, Duration every, @Nullable Instant notBefore, Instant now) {
    long period = every.toMillis();
    // What was enabled out of turn has its first gap between half an interval and one and a half.
    long earliest = Math.max(planned.toEpochMilli() + period / 2, now.toEpochMilli() + 1);
    long phase = Math.floorMod(spread(connection), period);
    Instant next = Instant.ofEpochMilli(earliest + Math.floorMod(phase - earliest, period));
    return notBefore != null && notBefore.isAfter(next) ? notBefore : next;
  }

  private static long spread(UUID id) {
    long mixed = (id.getMostSignificantBits() ^ id.getLeastSignificantBits()) * 0x9E3779B97F4A7C15L;
    return mixed ^ (mixed >>> 32);
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
