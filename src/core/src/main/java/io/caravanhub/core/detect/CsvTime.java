package io.caravanhub.core.detect;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.OptionalLong;

/**
 * Times as files write them: ISO 8601 with a T or a blank, with or without an offset (then UTC), a
 * day, or seconds or milliseconds since 1970.
 */
final class CsvTime {
  private static final double MILLIS_FROM = 1e11;

  private CsvTime() {}

  static OptionalLong epochMillis(String text) {
    if (text.isEmpty()) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(text.indexOf('-') > 0 ? ofDate(text) : ofNumber(text));
    } catch (DateTimeException | ArithmeticException | NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  private static long ofDate(String text) {
    if (text.length() <= 10) {
      return LocalDate.parse(text).atStartOfDay().toInstant(ZoneOffset.UTC).toEpochMilli();
    }
    String iso = text.charAt(10) == ' ' ? text.substring(0, 10) + 'T' + text.substring(11) : text;
    char last = iso.charAt(iso.length() - 1);
    if (last == 'Z' || last == 'z') {
      return Instant.parse(iso).toEpochMilli();
    }
    boolean offset = iso.indexOf('+', 11) > 0 || iso.indexOf('-', 11) > 0;
    return offset
        ? OffsetDateTime.parse(iso).toInstant().toEpochMilli()
        : LocalDateTime.parse(iso).toInstant(ZoneOffset.UTC).toEpochMilli();
  }

  private static long ofNumber(String text) {
    double number = Double.parseDouble(text);
    if (!Double.isFinite(number) || Math.abs(number) > 1e14) {
      throw new NumberFormatException(text);
    }
    return (long) (Math.abs(number) < MILLIS_FROM ? number * 1000 : number);
  }
}
