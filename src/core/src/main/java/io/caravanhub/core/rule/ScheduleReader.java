package io.caravanhub.core.rule;

import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the hours a rule looks in. */
final class ScheduleReader {
  static final Set<String> SCHEDULE = Set.of("days", "from", "to", "zone", "holidays");
  private static final int MOST_HOLIDAYS = 400;

  /** The length of a day without its year. */
  private static final int YEARLY = 5;

  private static final List<String> DAYS = List.of("mon", "tue", "wed", "thu", "fri", "sat", "sun");

  private ScheduleReader() {}

  static Schedule read(YamlField field) {
    Map<String, YamlField> fields = field.map(SCHEDULE);
    LocalTime from = time(field.require(fields, "from"));
    LocalTime to = time(field.require(fields, "to"));
    if (from.equals(to)) {
      throw field.require(fields, "to").wrong("is the time it begins at");
    }
    return new Schedule(
        days(fields.get("days")),
        from,
        to,
        zone(field.require(fields, "zone")),
        holidays(fields.get("holidays")));
  }

  private static Schedule.Holidays holidays(@Nullable YamlField field) {
    if (field == null) {
      return Schedule.Holidays.NONE;
    }
    Set<MonthDay> yearly = new HashSet<>();
    Set<LocalDate> once = new HashSet<>();
    List<YamlField> listed = field.list();
    if (listed.size() > MOST_HOLIDAYS) {
      throw field.wrong("expected " + MOST_HOLIDAYS + " days at most, got " + listed.size());
    }
    for (YamlField item : listed) {
      String text = item.text();
      try {
        if (text.length() == YEARLY) {
          yearly.add(MonthDay.parse("--" + text));
        } else {
          once.add(LocalDate.parse(text));
        }
      } catch (DateTimeParseException e) {
        throw item.wrong("expected a day such as \"12-25\" or \"2026-04-03\", got \"" + text + '"');
      }
    }
    return new Schedule.Holidays(yearly, once);
  }

  private static Set<DayOfWeek> days(@Nullable YamlField field) {
    if (field == null) {
      return EnumSet.allOf(DayOfWeek.class);
    }
    Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
    for (YamlField item : field.list()) {
      int day = DAYS.indexOf(item.text());
      if (day < 0) {
        throw item.wrong("expected one of " + String.join(", ", DAYS) + ", got " + item.text());
      }
      days.add(DayOfWeek.of(day + 1));
    }
    if (days.isEmpty()) {
      throw field.wrong("expected at least one day");
    }
    return days;
  }

  private static LocalTime time(YamlField field) {
    try {
      return LocalTime.parse(field.text());
    } catch (DateTimeParseException e) {
      throw field.wrong("expected a time such as \"07:00\", got \"" + field.text() + '"');
    }
  }

  private static ZoneId zone(YamlField field) {
    try {
      return ZoneId.of(field.text());
    } catch (DateTimeException e) {
      throw field.wrong("expected a time zone such as Europe/Zurich, got \"" + field.text() + '"');
    }
  }
}
