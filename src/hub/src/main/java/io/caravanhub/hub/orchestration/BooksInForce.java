package io.caravanhub.hub.orchestration;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.format.TextStyle;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The calendar, limits and service levels that count for a tenant, for people. Thread-safe. */
@Component
public class BooksInForce {
  private static final int HOLIDAYS = 6;

  private final Policies policies;

  BooksInForce(Policies policies) {
    this.policies = policies;
  }

  /**
   * What counts beside policies.
   *
   * @param zone whose clocks
   * @param always whether there is no calendar
   * @param open whether somebody works now
   * @param opens when somebody works next, or null
   * @param hours one line a day that has any
   * @param holidays those to come, the next first
   * @param limits one line each
   * @param levels one line a service level
   */
  public record Books(
      String zone,
      boolean always,
      boolean open,
      @Nullable Instant opens,
      List<String> hours,
      List<String> holidays,
      List<String> limits,
      List<String> levels) {}

  /** What counts for a tenant now. */
  public Books of(String tenant) {
    PolicyBook book = policies.book(tenant);
    BusinessCalendar calendar = book.calendar();
    Instant now = Instant.now();
    LocalDate today = now.atZone(calendar.zone()).toLocalDate();
    Optional<Instant> opens = calendar.isOpen(now) ? Optional.empty() : calendar.nextOpening(now);
    return new Books(
        calendar.zone().getId(),
        calendar.hours().isEmpty(),
        calendar.isOpen(now),
        opens.orElse(null),
        hours(calendar),
        calendar.holidays().stream()
            .filter(day -> !day.isBefore(today))
            .sorted()
            .limit(HOLIDAYS)
            .map(LocalDate::toString)
            .toList(),
        book.limits().stream().map(DayLimit::words).toList(),
        book.sla().entrySet().stream()
            .map(tier -> tier.getKey() + ": " + words(tier.getValue()))
            .sorted()
            .toList());
  }

  private static List<String> hours(BusinessCalendar calendar) {
    List<String> lines = new ArrayList<>();
    for (DayOfWeek day : DayOfWeek.values()) {
      List<BusinessCalendar.Shift> shifts = calendar.hours().getOrDefault(day, List.of());
      if (!shifts.isEmpty()) {
        lines.add(
            day.getDisplayName(TextStyle.SHORT, Locale.ENGLISH)
                + " "
                + shifts.stream()
                    .map(shift -> shift.from() + "–" + shift.to())
                    .collect(Collectors.joining(", ")));
      }
    }
    return lines;
  }

  private static String words(SlaTier tier) {
    return "respond within "
        + words(tier.respond())
        + ", done within "
        + words(tier.complete())
        + (tier.working() ? " of working hours" : "")
        + (tier.raise() == 0 ? "" : ", priority raised by " + tier.raise());
  }

  private static String words(Duration duration) {
    long hours = duration.toHours();
    int minutes = duration.toMinutesPart();
    return hours == 0
        ? minutes + " min"
        : hours + " h" + (minutes == 0 ? "" : " " + minutes + " min");
  }
}
