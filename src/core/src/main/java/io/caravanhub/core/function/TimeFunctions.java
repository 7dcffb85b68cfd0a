package io.caravanhub.core.function;

import com.dashjoin.jsonata.JException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Times as devices tell them, as ISO 8601 in UTC; called by the library. */
public final class TimeFunctions {
  private static final double YEAR_5138 = 1e11;
  private static final int LONGEST = 64;

  private TimeFunctions() {}

  /**
   * A count since 1970 as ISO 8601. Without a unit its size tells: seconds below 10^11 (the year
   * 5138), then milliseconds, microseconds and nanoseconds. A text has to be the number and nothing
   * else: the year that an ISO time begins with is a count too.
   */
  public static @Nullable Object epoch(@Nullable Object value, @Nullable Object unit) {
    Double count = value instanceof String text ? count(text) : Arguments.number("epoch", value);
    if (count == null) {
      return null;
    }
    String name = Arguments.optionalText("epoch", "unit", unit);
    double perMilli = name == null ? guess(Math.abs(count)) : per(name);
    double millis = count / perMilli;
    if (!(Math.abs(millis) < 8.64e15)) {
      throw Arguments.wrong("epoch", "expected a count since 1970", value);
    }
    return Instant.ofEpochMilli(Math.round(millis)).toString();
  }

  private static double count(String value) {
    String text = value.length() > LONGEST ? "" : value.strip().replace(',', '.');
    for (int i = 0; i < text.length(); i++) {
      if ("0123456789.+-eE".indexOf(text.charAt(i)) < 0) {
        throw noCount(value);
      }
    }
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw noCount(value);
    }
  }

  private static JException noCount(Object value) {
    return Arguments.wrong(
        "epoch", "expected a count since 1970 (a time in words needs no $epoch, no unit)", value);
  }

  private static double guess(double count) {
    return count < YEAR_5138
        ? 1e-3
        : count < YEAR_5138 * 1e3 ? 1 : count < YEAR_5138 * 1e6 ? 1e3 : 1e6;
  }

  private static double per(String unit) {
    return switch (unit) {
      case "s" -> 1e-3;
      case "ms" -> 1;
      case "us" -> 1e3;
      case "ns" -> 1e6;
      default -> throw Arguments.wrong("epoch", "expected the unit s, ms, us or ns", unit);
    };
  }

  /** A time without offset, by a clock in this time zone. Of an hour that comes twice the first. */
  public static @Nullable Object localTime(
      @Nullable Object value, @Nullable Object zone, @Nullable Object picture) {
    String text = Arguments.optionalText("localTime", "time", value);
    if (text == null) {
      return null;
    }
    String format = Arguments.optionalText("localTime", "picture", picture);
    if (text.length() > LONGEST || format != null && format.length() > LONGEST) {
      throw Arguments.wrong("localTime", "expected at most " + LONGEST + " characters", text);
    }
    try {
      ZoneId in = ZoneId.of(Arguments.text("localTime", "time zone", zone));
      return parse(text.strip(), in, format).toString();
    } catch (DateTimeParseException e) {
      throw Arguments.wrong(
          "localTime",
          "expected a time such as " + (format == null ? "2026-11-20 12:00:00" : format),
          text);
    } catch (DateTimeException | IllegalArgumentException e) {
      throw new JException("$localTime: " + e.getMessage(), -1);
    }
  }

  private static Instant parse(String text, ZoneId zone, @Nullable String picture) {
    if (picture != null) {
      return LocalDateTime.parse(text, DateTimeFormatter.ofPattern(picture, Locale.ROOT))
          .atZone(zone)
          .toInstant();
    }
    String iso = text.indexOf('T') < 0 ? text.replaceFirst(" +", "T") : text;
    try {
      return LocalDateTime.parse(iso).atZone(zone).toInstant();
    } catch (DateTimeParseException withOffset) {
      return OffsetDateTime.parse(iso).toInstant();
    }
  }

  /** Seconds in a duration: {@code PT1H30M}, {@code 01:30:00} or {@code 3T01:30:00} (days). */
  public static @Nullable Object seconds(@Nullable Object value) {
    String text = Arguments.optionalText("seconds", "duration", value);
    if (text == null) {
      return null;
    }
    try {
      if (text.startsWith("P")) {
        return Arguments.result(java.time.Duration.parse(text).toMillis() / 1000.0);
      }
      int days = text.indexOf('T');
      long total = days < 0 ? 0 : Long.parseLong(text.substring(0, days)) * 86_400;
      long part = 0;
      for (String digits : text.substring(days + 1).split(":", 3)) {
        part = part * 60 + Long.parseLong(digits);
      }
      return Arguments.result(total + part);
    } catch (DateTimeException | ArithmeticException | NumberFormatException e) {
      throw Arguments.wrong("seconds", "expected a duration such as PT1H30M or 01:30:00", text);
    }
  }
}
