package io.caravanhub.hub.rules;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the comparisons of a rule: threshold, change over a window, stuck value, silence, text. */
final class TermReader {
  static final Set<String> WHEN =
      Set.of(
          "metric",
          "above",
          "below",
          "is",
          "clear",
          "rises",
          "falls",
          "within",
          "unchanged_for",
          "silent_for",
          "for");
  static final Set<String> CONTEXT = Set.of("metric", "above", "below", "is");
  private static final List<String> KINDS =
      List.of("above", "below", "is", "rises", "falls", "unchanged_for", "silent_for");
  private static final Pattern METRIC = Pattern.compile("[a-z][a-z0-9_]{0,63}");

  private TermReader() {}

  static Term context(YamlField field) {
    return when(field, field.map(CONTEXT));
  }

  static Term when(YamlField field, Map<String, YamlField> fields) {
    List<String> given = KINDS.stream().filter(fields::containsKey).toList();
    if (given.size() != 1) {
      throw field.wrong("expected exactly one of " + String.join(", ", KINDS) + ", got " + given);
    }
    String kind = given.get(0);
    YamlField value = field.require(fields, kind);
    String metric = metric(field, fields, kind);
    allow(fields, kind);
    return switch (kind) {
      case "above" -> term(Term.Subject.VALUE, metric, true, value, fields.get("clear"), null);
      case "below" -> term(Term.Subject.VALUE, metric, false, value, fields.get("clear"), null);
      case "rises", "falls" -> change(metric, kind.equals("rises"), value, field, fields);
      case "is" -> new Term(Term.Subject.TEXT, metric, true, 0.5, 0.5, Duration.ZERO, value.text());
      case "unchanged_for" -> elapsed(Term.Subject.STUCK, metric, value);
      default -> elapsed(Term.Subject.SILENCE, "", value);
    };
  }

  private static String metric(YamlField field, Map<String, YamlField> fields, String kind) {
    if (kind.equals("silent_for")) {
      YamlField metric = fields.get("metric");
      if (metric != null) {
        throw metric.wrong("silent_for is about the whole device and takes no metric");
      }
      return "";
    }
    return RuleReader.matching(
        field.require(fields, "metric"), METRIC, "a metric such as supply_air_temp");
  }

  /** A field that the kind of comparison does not use would be silently without effect. */
  private static void allow(Map<String, YamlField> fields, String kind) {
    Set<String> used =
        switch (kind) {
          case "above", "below" -> Set.of("metric", "clear", "for", kind);
          case "rises", "falls" -> Set.of("metric", "clear", "for", "within", kind);
          case "is" -> Set.of("metric", "for", kind);
          default -> Set.of("metric", kind);
        };
    fields.forEach(
        (name, field) -> {
          if (!used.contains(name)) {
            throw field.wrong("has no effect together with " + kind);
          }
        });
  }

  private static Term change(
      String metric,
      boolean rises,
      YamlField value,
      YamlField field,
      Map<String, YamlField> fields) {
    Duration window = field.require(fields, "within").duration();
    if (value.number() <= 0) {
      throw value.wrong("expected a number above 0: the size of the change");
    }
    Term term = term(Term.Subject.CHANGE, metric, true, value, fields.get("clear"), window);
    return rises
        ? term
        : new Term(term.subject(), metric, false, -term.limit(), -term.clear(), window, null);
  }

  private static Term term(
      Term.Subject subject,
      String metric,
      boolean above,
      YamlField limit,
      @Nullable YamlField clear,
      @Nullable Duration window) {
    double raise = limit.number();
    double back = clear == null ? raise : clear.number();
    if (clear != null && (above ? back > raise : back < raise)) {
      throw clear.wrong(
          above
              ? "must not be above the limit it clears"
              : "must not be below the limit it clears");
    }
    return new Term(
        subject, metric, above, raise, back, window == null ? Duration.ZERO : window, null);
  }

  private static Term elapsed(Term.Subject subject, String metric, YamlField value) {
    double seconds = value.duration().toMillis() / 1000.0;
    return new Term(subject, metric, true, seconds, seconds, Duration.ZERO, null);
  }
}
