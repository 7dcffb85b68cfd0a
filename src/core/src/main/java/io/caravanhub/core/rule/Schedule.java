package io.caravanhub.core.rule;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Set;

/**
 * The hours in which a rule looks, occupied hours for instance.
 *
 * @param days on which they begin
 * @param from when they begin
 * @param to when they are over; not after {@code from} means on the next day
 * @param zone whose clocks, daylight saving included
 * @param holidays days of which none begin
 */
public record Schedule(
    Set<DayOfWeek> days, LocalTime from, LocalTime to, ZoneId zone, Holidays holidays) {
  public Schedule {
    days = Set.copyOf(days);
  }

  /**
   * Days off.
   *
   * @param yearly those that come every year, such as the first of January
   * @param once those of one year, such as Good Friday
   */
  public record Holidays(Set<MonthDay> yearly, Set<LocalDate> once) {
    /** Every day counts. */
    public static final Holidays NONE = new Holidays(Set.of(), Set.of());

    public Holidays {
      yearly = Set.copyOf(yearly);
      once = Set.copyOf(once);
    }

    boolean has(LocalDate day) {
      return once.contains(day) || yearly.contains(MonthDay.from(day));
    }
  }

  /** Whether a moment is within. */
  public boolean covers(long epochMillis) {
    ZonedDateTime then = Instant.ofEpochMilli(epochMillis).atZone(zone);
    LocalTime time = then.toLocalTime();
    LocalDate day = then.toLocalDate();
    if (from.isBefore(to)) {
      return begins(day) && !time.isBefore(from) && time.isBefore(to);
    }
    return !time.isBefore(from) ? begins(day) : time.isBefore(to) && begins(day.minusDays(1));
  }

  private boolean begins(LocalDate day) {
    return days.contains(day.getDayOfWeek()) && !holidays.has(day);
  }
}
