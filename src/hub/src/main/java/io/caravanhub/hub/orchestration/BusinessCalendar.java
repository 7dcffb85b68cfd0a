package io.caravanhub.hub.orchestration;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * When a tenant works, by the clocks of its zone. A day's hours are taken from its local times to
 * moments first and measured then, so that a shift over the switch of daylight saving has the hour
 * less or more that it really has. Immutable.
 *
 * @param zone whose clocks
 * @param hours by day; a day without any is off
 * @param holidays on which nobody works
 */
record BusinessCalendar(ZoneId zone, Map<DayOfWeek, List<Shift>> hours, Set<LocalDate> holidays) {
  /** Always open. */
  static final BusinessCalendar ALWAYS = new BusinessCalendar(ZoneOffset.UTC, Map.of(), Set.of());

  private static final int LONGEST_DAYS = 400;

  BusinessCalendar {
    hours = Map.copyOf(hours);
    holidays = Set.copyOf(holidays);
  }

  /**
   * Hours of a day.
   *
   * @param to not after {@code from} is on the next day; midnight is the end of the day
   */
  record Shift(LocalTime from, LocalTime to) {}

  private record Open(Instant from, Instant to) {}

  /** Whether somebody works at that moment. */
  boolean isOpen(Instant moment) {
    return hours.isEmpty()
        || around(moment).stream()
            .anyMatch(open -> !moment.isBefore(open.from()) && moment.isBefore(open.to()));
  }

  /** The moment itself while open, else when it opens next; empty when it never does. */
  Optional<Instant> nextOpening(Instant moment) {
    if (isOpen(moment)) {
      return Optional.of(moment);
    }
    LocalDate day = moment.atZone(zone).toLocalDate();
    for (int ahead = 0; ahead < LONGEST_DAYS; ahead++) {
      Optional<Instant> opening =
          openings(day.plusDays(ahead)).stream()
              .map(Open::from)
              .filter(from -> from.isAfter(moment))
              .min(Comparator.naturalOrder());
      if (opening.isPresent()) {
        return opening;
      }
    }
    return Optional.empty();
  }

  /** The moment when so much working time will have passed. */
  Instant plus(Instant moment, Duration working) {
    if (hours.isEmpty()) {
      return moment.plus(working);
    }
    Duration left = working;
    Instant at = moment;
    LocalDate day = moment.atZone(zone).toLocalDate().minusDays(1);
    for (int ahead = 0; ahead < LONGEST_DAYS; ahead++) {
      for (Open open : openings(day.plusDays(ahead))) {
        Instant from = open.from().isAfter(at) ? open.from() : at;
        if (!from.isBefore(open.to())) {
          continue;
        }
        Duration here = Duration.between(from, open.to());
        if (here.compareTo(left) >= 0) {
          return from.plus(left);
        }
        left = left.minus(here);
        at = open.to();
      }
    }
    return at.plus(left);
  }

  /** The beginning of the moment's day. */
  Instant dayOf(Instant moment) {
    return moment.atZone(zone).toLocalDate().atStartOfDay(zone).toInstant();
  }

  private List<Open> around(Instant moment) {
    LocalDate day = moment.atZone(zone).toLocalDate();
    List<Open> open = new ArrayList<>(openings(day.minusDays(1)));
    open.addAll(openings(day));
    return open;
  }

  private List<Open> openings(LocalDate day) {
    if (holidays.contains(day)) {
      return List.of();
    }
    List<Open> openings = new ArrayList<>();
    for (Shift shift : hours.getOrDefault(day.getDayOfWeek(), List.of())) {
      LocalDate until = shift.to().isAfter(shift.from()) ? day : day.plusDays(1);
      // A time that the switch leaves out is taken as the one after it, one that comes twice as
      // the first.
      Instant from = day.atTime(shift.from()).atZone(zone).toInstant();
      Instant to = until.atTime(shift.to()).atZone(zone).toInstant();
      if (from.isBefore(to)) {
        openings.add(new Open(from, to));
      }
    }
    openings.sort(Comparator.comparing(Open::from));
    return openings;
  }
}
