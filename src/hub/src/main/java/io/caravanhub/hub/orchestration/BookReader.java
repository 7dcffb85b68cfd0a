package io.caravanhub.hub.orchestration;

import io.caravanhub.core.rule.YamlField;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads calendars, service levels, limits and price books. Stateless. */
final class BookReader {
  private static final List<String> DAYS = List.of("mon", "tue", "wed", "thu", "fri", "sat", "sun");
  private static final Set<String> LIMITED =
      Set.of("work_order", "quote", "task", "parts_order", "activity");

  private BookReader() {}

  static BusinessCalendar calendar(YamlField field) {
    Map<String, YamlField> fields = field.map(Set.of("zone", "hours", "holidays"));
    Map<DayOfWeek, List<BusinessCalendar.Shift>> hours = new LinkedHashMap<>();
    YamlField week = field.require(fields, "hours");
    week.map(Set.copyOf(DAYS))
        .forEach(
            (day, shifts) -> {
              List<BusinessCalendar.Shift> read = new ArrayList<>();
              for (YamlField shift : shifts.isList() ? shifts.list() : List.of(shifts)) {
                read.add(shift(shift));
              }
              hours.put(DayOfWeek.of(DAYS.indexOf(day) + 1), read);
            });
    if (hours.isEmpty()) {
      throw week.wrong("expected at least one day");
    }
    Set<LocalDate> holidays = new HashSet<>();
    YamlField listed = fields.get("holidays");
    for (YamlField day : listed == null ? List.<YamlField>of() : listed.list()) {
      try {
        holidays.add(LocalDate.parse(day.text()));
      } catch (DateTimeParseException e) {
        throw day.wrong("expected a date such as 2026-12-25, got \"" + day.text() + '"');
      }
    }
    return new BusinessCalendar(zone(field.require(fields, "zone")), hours, holidays);
  }

  private static BusinessCalendar.Shift shift(YamlField field) {
    String[] times = field.text().split("\\s*-\\s*", -1);
    try {
      if (times.length == 2) {
        LocalTime from = LocalTime.parse(times[0]);
        LocalTime to = times[1].equals("24:00") ? LocalTime.MIDNIGHT : LocalTime.parse(times[1]);
        return new BusinessCalendar.Shift(from, to);
      }
    } catch (DateTimeParseException e) {
      // told below
    }
    throw field.wrong("expected hours such as \"08:00-17:00\", got \"" + field.text() + '"');
  }

  private static ZoneId zone(YamlField field) {
    try {
      return ZoneId.of(field.text());
    } catch (DateTimeException e) {
      throw field.wrong("expected a time zone such as Europe/Zurich, got \"" + field.text() + '"');
    }
  }

  static Map<String, SlaTier> sla(YamlField field) {
    Map<String, SlaTier> tiers = new LinkedHashMap<>();
    for (Map.Entry<String, YamlField> tier : field.named().entrySet()) {
      YamlField given = tier.getValue();
      Map<String, YamlField> fields =
          given.map(Set.of("respond", "complete", "hours", "raise_priority"));
      YamlField hours = fields.get("hours");
      YamlField raise = fields.get("raise_priority");
      tiers.put(
          tier.getKey(),
          new SlaTier(
              given.require(fields, "respond").duration(),
              given.require(fields, "complete").duration(),
              hours != null && hours.oneOf(PolicyReader.Hours.class) == PolicyReader.Hours.WORKING,
              raise == null ? 0 : raise.wholeNumber(-4, 4)));
    }
    return tiers;
  }

  static List<DayLimit> limits(YamlField field) {
    List<DayLimit> limits = new ArrayList<>();
    for (YamlField item : field.list()) {
      Map<String, YamlField> fields = item.map(Set.of("kind", "per", "most"));
      YamlField kind = item.require(fields, "kind");
      if (!LIMITED.contains(kind.text())) {
        throw kind.wrong("expected one of " + LIMITED.stream().sorted().toList());
      }
      limits.add(
          new DayLimit(
              kind.text(),
              item.require(fields, "per").oneOf(Per.class) == Per.ASSET,
              item.require(fields, "most").wholeNumber(0, 1_000_000)));
    }
    return limits;
  }

  /** What has a limit of its own. */
  enum Per {
    ASSET,
    TENANT
  }

  static PriceBook prices(YamlField field) {
    Map<String, YamlField> fields =
        field.map(Set.of("currency", "labour_hour", "travel", "parts", "jobs"));
    Map<String, PriceBook.Part> parts = new LinkedHashMap<>();
    YamlField stock = fields.get("parts");
    if (stock != null) {
      stock
          .named()
          .forEach(
              (number, part) -> {
                Map<String, YamlField> of = part.map(Set.of("name", "price"));
                YamlField name = of.get("name");
                parts.put(
                    number,
                    new PriceBook.Part(
                        name == null ? number : name.text(), money(part.require(of, "price"))));
              });
    }
    List<PriceBook.Job> jobs = new ArrayList<>();
    YamlField listed = fields.get("jobs");
    for (YamlField item : listed == null ? List.<YamlField>of() : listed.list()) {
      jobs.add(job(item));
    }
    YamlField travel = fields.get("travel");
    return new PriceBook(
        field.require(fields, "currency").text(),
        money(field.require(fields, "labour_hour")),
        travel == null ? BigDecimal.ZERO : money(travel),
        parts,
        jobs);
  }

  private static PriceBook.Job job(YamlField field) {
    Map<String, YamlField> fields =
        field.map(Set.of("id", "family", "scope", "hours", "parts", "replacement"));
    YamlField hours = fields.get("hours");
    List<PriceBook.Use> uses = new ArrayList<>();
    YamlField parts = fields.get("parts");
    for (YamlField part : parts == null ? List.<YamlField>of() : parts.list()) {
      Map<String, YamlField> of = part.map(Set.of("number", "quantity"));
      YamlField quantity = of.get("quantity");
      uses.add(
          new PriceBook.Use(
              part.require(of, "number").text(),
              quantity == null ? 1 : quantity.wholeNumber(1, 10_000)));
    }
    YamlField replacement = fields.get("replacement");
    return new PriceBook.Job(
        field.require(fields, "id").text(),
        PolicyReader.texts(fields.get("family")),
        PolicyReader.scope(fields.get("scope")),
        hours == null ? BigDecimal.ONE : money(hours),
        uses,
        replacement == null ? null : replacement(replacement));
  }

  private static PriceBook.Replacement replacement(YamlField field) {
    Map<String, YamlField> fields =
        field.map(
            Set.of("description", "price", "hours", "life_years", "at_age_share", "at_cost_share"));
    YamlField hours = fields.get("hours");
    return new PriceBook.Replacement(
        field.require(fields, "description").text(),
        money(field.require(fields, "price")),
        hours == null ? BigDecimal.ONE : money(hours),
        field.require(fields, "life_years").wholeNumber(1, 200),
        share(fields.get("at_age_share"), 0.8),
        share(fields.get("at_cost_share"), 0.5));
  }

  private static double share(@Nullable YamlField field, double absent) {
    return field == null ? absent : PolicyReader.share(field);
  }

  private static BigDecimal money(YamlField field) {
    double number = field.number();
    if (number < 0 || number > 1e9) {
      throw field.wrong("expected a number that is not negative, got " + number);
    }
    return new BigDecimal(field.text());
  }
}
