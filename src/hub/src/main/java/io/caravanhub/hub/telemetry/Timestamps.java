package io.caravanhub.hub.telemetry;

import io.caravanhub.core.telemetry.UnusableMessageException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** Reads timestamps and refuses those no honest clock would give. Thread-safe. */
@Component
public class Timestamps {
  /** Numbers below this are seconds, others milliseconds: as milliseconds it is March 1973. */
  private static final double SECONDS_BELOW = 1e11;

  private final Duration future;
  private final Duration oldest;
  private final Clock clock;

  @Autowired
  public Timestamps(
      @Value("${hub.telemetry.future}") Duration future,
      @Value("${hub.telemetry.oldest}") Duration oldest) {
    this(future, oldest, Clock.systemUTC());
  }

  Timestamps(Duration future, Duration oldest, Clock clock) {
    this.future = future;
    this.oldest = oldest;
    this.clock = clock;
  }

  /**
   * Reads ISO 8601 (without offset: UTC) or epoch seconds or milliseconds.
   *
   * @param field name for the error
   * @param absent what an absent timestamp means
   * @throws UnusableMessageException when it is neither, too far ahead or too old
   */
  public Instant read(@Nullable Object value, String field, Instant absent) {
    if (value == null) {
      return absent;
    }
    Instant ts = parse(value, field);
    Instant now = clock.instant();
    if (ts.isAfter(now.plus(future))) {
      throw new UnusableMessageException(
          field,
          "lies in the future: " + ts + ", more than " + future + " ahead of the hub's clock");
    }
    if (ts.isBefore(now.minus(oldest))) {
      throw new UnusableMessageException(
          field, "is too old: " + ts + ", more than " + oldest.toDays() + " days back");
    }
    return ts;
  }

  private static Instant parse(Object value, String field) {
    if (value instanceof Number number && Double.isFinite(number.doubleValue())) {
      double n = number.doubleValue();
      if (Math.abs(n) < 1e15) {
        return Instant.ofEpochMilli(
            Math.abs(n) < SECONDS_BELOW ? Math.round(n * 1000) : number.longValue());
      }
    } else if (value instanceof String text) {
      try {
        return OffsetDateTime.parse(text).toInstant();
      } catch (DateTimeParseException e) {
        try {
          return LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
        } catch (DateTimeParseException notLocal) {
          // told below
        }
      }
    }
    throw new UnusableMessageException(
        field, "expected ISO 8601 or epoch milliseconds, got " + Shape.of(value));
  }
}
