package io.caravanhub.hub.notify;

import com.fasterxml.jackson.annotation.JsonFormat;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Set;

/**
 * A time of each of these days in which nobody wants to be disturbed, by the clock on the wall: the
 * hour that summer time skips or repeats is as long as the wall says.
 *
 * @param days on which it begins
 * @param to before {@code from} is on the next day
 */
record QuietHours(
    Set<DayOfWeek> days,
    @JsonFormat(pattern = "HH:mm") LocalTime from,
    @JsonFormat(pattern = "HH:mm") LocalTime to) {

  QuietHours {
    days = Set.copyOf(days);
  }

  /** When it ends if it is quiet at this time, else the time itself. */
  static Instant end(List<QuietHours> all, Instant time, ZoneId zone) {
    Instant at = time;
    // One may begin where another ends; a week that is quiet throughout ends after a week.
    for (int i = 0; i < 16; i++) {
      Instant before = at;
      for (QuietHours quiet : all) {
        at = quiet.end(at, zone);
      }
      if (at.equals(before)) {
        return at;
      }
    }
    return at;
  }

  private Instant end(Instant time, ZoneId zone) {
    LocalDate today = time.atZone(zone).toLocalDate();
    for (LocalDate day : List.of(today.minusDays(1), today)) {
      if (!days.contains(day.getDayOfWeek())) {
        continue;
      }
      Instant begins = ZonedDateTime.of(day, from, zone).toInstant();
      LocalDate last = to.isAfter(from) ? day : day.plusDays(1);
      Instant ends = ZonedDateTime.of(last, to, zone).toInstant();
      if (!time.isBefore(begins) && time.isBefore(ends)) {
        return ends;
      }
    }
    return time;
  }
}
