package io.caravanhub.hub.telemetry;

import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Gives each message a microsecond of its own, as the time of what it says when it has no
 * timestamp: two readings of one metric at one time would be one. The times follow the order of the
 * calls and the clock. Thread-safe, without locks.
 */
@Component
public class ReceiptTimes {
  private static final long SECOND = 1_000_000;

  private final AtomicLong last = new AtomicLong();
  private final AtomicLong late = new AtomicLong();
  private final Clock clock;

  @Autowired
  public ReceiptTimes() {
    this(Clock.systemUTC());
  }

  ReceiptTimes(Clock clock) {
    this.clock = clock;
  }

  /**
   * The time of a message.
   *
   * @param received when it came, in milliseconds since 1970-01-01 UTC
   * @param places how many microseconds in a row are to be its own
   * @return microseconds since 1970-01-01 UTC
   */
  public long micros(long received, int places) {
    long from = received * 1_000;
    long now = clock.millis() * 1_000;
    if (from < now - SECOND) {
      // It has waited somewhere: its time must not be that of today's messages.
      return from + Math.floorMod(late.getAndAdd(places), 1_000L);
    }
    long end =
        last.updateAndGet(
            // Far ahead of the clock it is after the clock was set back.
            before -> (before > now + SECOND ? from : Math.max(from, before)) + places);
    return end - places;
  }

  /**
   * How many times a payload needs: the objects of an array, none shorter than 16 bytes, each one.
   */
  public static int places(byte @Nullable [] payload) {
    return payload != null && payload.length > 0 && payload[0] == '[' ? 1 + payload.length / 16 : 1;
  }

  /** The time of one message that came at this moment. */
  public Instant next(Instant received) {
    return instant(micros(received.toEpochMilli(), 1));
  }

  /** Microseconds since 1970-01-01 UTC as an instant. */
  public static Instant instant(long micros) {
    return Instant.ofEpochSecond(
        Math.floorDiv(micros, SECOND), Math.floorMod(micros, SECOND) * 1_000L);
  }
}
