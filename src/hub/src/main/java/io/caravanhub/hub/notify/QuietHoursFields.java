package io.caravanhub.hub.notify;

import io.caravanhub.hub.api.ProblemException;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Quiet hours as the API writes them: {@code {days: [mon], from: "22:00", to: "06:00"}}. Stateless.
 */
final class QuietHoursFields {
  private static final List<String> DAYS = List.of("mon", "tue", "wed", "thu", "fri", "sat", "sun");
  private static final int MOST = 20;

  private QuietHoursFields() {}

  static List<QuietHours> of(List<?> given) {
    List<QuietHours> all = new ArrayList<>();
    if (given.size() > MOST) {
      throw ProblemException.badField("quiet_hours", "expected at most " + MOST);
    }
    for (int i = 0; i < given.size(); i++) {
      String field = "quiet_hours/" + i;
      if (!(given.get(i) instanceof Map<?, ?> one)) {
        throw ProblemException.badField(field, "expected an object with from and to");
      }
      for (Object name : one.keySet()) {
        if (!List.of("days", "from", "to").contains(String.valueOf(name))) {
          throw ProblemException.badField(field + "/" + name, "unknown; expected days, from, to");
        }
      }
      all.add(
          new QuietHours(
              days(field + "/days", one.get("days")),
              time(field + "/from", one.get("from")),
              time(field + "/to", one.get("to"))));
    }
    return all;
  }

  private static Set<DayOfWeek> days(String field, @Nullable Object given) {
    if (given == null) {
      return EnumSet.allOf(DayOfWeek.class);
    }
    Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
    if (given instanceof List<?> list) {
      for (Object day : list) {
        int index = DAYS.indexOf(String.valueOf(day).toLowerCase(Locale.ROOT));
        if (index < 0) {
          throw ProblemException.badField(field, "expected some of " + String.join(", ", DAYS));
        }
        days.add(DayOfWeek.of(index + 1));
      }
    }
    if (days.isEmpty()) {
      throw ProblemException.badField(field, "expected some of " + String.join(", ", DAYS));
    }
    return days;
  }

  private static LocalTime time(String field, @Nullable Object given) {
    try {
      return LocalTime.parse(String.valueOf(given));
    } catch (DateTimeException e) {
      throw ProblemException.badField(field, "expected a time such as 22:00");
    }
  }

  static List<Map<String, Object>> view(List<QuietHours> all) {
    return all.stream()
        .map(
            quiet -> {
              Map<String, Object> view = new LinkedHashMap<>();
              view.put(
                  "days",
                  quiet.days().stream().sorted().map(d -> DAYS.get(d.getValue() - 1)).toList());
              view.put("from", quiet.from().toString());
              view.put("to", quiet.to().toString());
              return view;
            })
        .toList();
  }
}
