package io.caravanhub.core.cloud;

import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/** When clouds say that they may be asked again. Stateless. */
final class Waiting {
  private static final long LONGEST_SECONDS = Duration.ofDays(2).toSeconds();

  private Waiting() {}

  /** {@code Retry-After} of RFC 9110, 10.2.3: seconds or a date; null when it says nothing. */
  static @Nullable Instant retryAfter(String header, Instant now) {
    return bounded(said(header, now), now);
  }

  /** A cloud that names the year 5138 has a fault; nobody waits that long. */
  private static @Nullable Instant bounded(@Nullable Instant until, Instant now) {
    Instant longest = now.plusSeconds(LONGEST_SECONDS);
    return until == null || until.isBefore(longest) ? until : longest;
  }

  private static @Nullable Instant said(String header, Instant now) {
    if (header.matches("\\d{1,9}")) {
      return now.plusSeconds(Long.parseLong(header));
    }
    try {
      return header.isEmpty()
          ? null
          : ZonedDateTime.parse(header, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
    } catch (DateTimeParseException e) {
      return null;
    }
  }

  /**
   * A reset as clouds write it: seconds from now, epoch seconds, epoch milliseconds or ISO 8601.
   */
  static @Nullable Instant reset(String header, Instant now) {
    return bounded(resets(header, now), now);
  }

  private static @Nullable Instant resets(String header, Instant now) {
    if (header.matches("\\d{1,15}")) {
      long number = Long.parseLong(header);
      return number > 100_000_000_000L
          ? Instant.ofEpochMilli(number)
          : number > 1_000_000_000L ? Instant.ofEpochSecond(number) : now.plusSeconds(number);
    }
    try {
      return header.isEmpty() ? null : Instant.parse(header);
    } catch (DateTimeParseException e) {
      return said(header, now);
    }
  }
}
