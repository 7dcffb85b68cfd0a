package io.caravanhub.hub.telemetry;

import io.caravanhub.hub.api.ProblemException;
import java.time.Duration;
import java.time.Instant;
import java.time.Period;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The width of the buckets of an aggregate, and the rollup that they are made from. Buckets are
 * counted from a Monday, 2000-01-03 00:00 UTC, so that days and weeks begin where people expect.
 *
 * @param seconds at least one
 */
record Bucket(long seconds) {
  private static final long ORIGIN = Instant.parse("2000-01-03T00:00:00Z").getEpochSecond();
  private static final Pattern SHORT = Pattern.compile("(\\d{1,6})([smhdw])");

  /** Up to here, and no older than {@link #RECENT}, an aggregate is made from the very values. */
  private static final Duration EXACT = Duration.ofHours(6);

  private static final Duration RECENT = Duration.ofHours(36);

  /** What an aggregate is read from: telemetry itself, or a rollup. */
  enum Tier {
    DAY("1d", 86_400),
    HOUR("1h", 3_600),
    QUARTER("15m", 900),
    MINUTE("1m", 60),
    RAW("raw", 60);

    final String label;
    final long seconds;

    Tier(String label, long seconds) {
      this.label = label;
      this.seconds = seconds;
    }
  }

  /** Reads an ISO 8601 duration of fixed length ({@code PT15M}, {@code P1W}) or a short form. */
  static Bucket parse(String text) {
    long seconds = 0;
    Matcher brief = SHORT.matcher(text);
    try {
      if (brief.matches()) {
        seconds = Long.parseLong(brief.group(1)) * unit(brief.group(2));
      } else if (text.toUpperCase(Locale.ROOT).matches("P\\d{1,5}W")) {
        seconds = Period.parse(text).getDays() * 86_400L;
      } else {
        seconds = Duration.parse(text).toSeconds();
      }
    } catch (DateTimeParseException e) {
      // told below
    }
    if (seconds < 1 || seconds > 3_660L * 86_400) {
      throw ProblemException.badField(
          "bucket",
          "expected a duration of a second to ten years, such as PT15M, P1D, 15m or 1d; months and years have no fixed length");
    }
    return new Bucket(seconds);
  }

  private static long unit(String unit) {
    return switch (unit) {
      case "s" -> 1;
      case "m" -> 60;
      case "h" -> 3_600;
      case "d" -> 86_400;
      default -> 7 * 86_400;
    };
  }

  /** The beginning of the bucket that holds the moment. */
  Instant floor(Instant moment) {
    long second = moment.getEpochSecond();
    return Instant.ofEpochSecond(second - Math.floorMod(second - ORIGIN, seconds));
  }

  /** The moment, when a bucket begins there, else the beginning of the next. */
  Instant ceiling(Instant moment) {
    Instant floor = floor(moment);
    return floor.equals(moment) ? moment : floor.plusSeconds(seconds);
  }

  /** The coarsest rollup whose buckets fit into these; a short recent time is read as it came. */
  Tier tier(Instant since, Instant until, Instant now) {
    boolean isShort = Duration.between(since, until).compareTo(EXACT) <= 0;
    if (isShort && since.isAfter(now.minus(RECENT))) {
      return Tier.RAW;
    }
    for (Tier tier : Tier.values()) {
      if (tier != Tier.RAW && seconds % tier.seconds == 0) {
        return tier;
      }
    }
    return Tier.RAW;
  }
}
