package io.caravanhub.core.rule;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads conditions: combinations, and the comparisons they are made of. */
final class ConditionReader {
  /** What a comparison may hold besides what its kind does. */
  static final Set<String> COMPARISON =
      Set.of(
          "metric",
          "metrics",
          "from",
          "unit",
          "above",
          "at_least",
          "below",
          "at_most",
          "between",
          "outside",
          "equals",
          "tolerance",
          "is",
          "in",
          "clear",
          "hysteresis",
          "deadband",
          "rises",
          "falls",
          "within",
          "rate_above",
          "rate_below",
          "per",
          "statistic",
          "over",
          "share",
          "count",
          "unchanged_for",
          "silent_for",
          "missing_for",
          "detector",
          "score",
          "learns",
          "machine_group",
          "support",
          "speed",
          "condition",
          "drl",
          "for");

  static final Set<String> COMBINATION = Set.of("all", "any", "not", "for");
  static final Set<String> CONDITION =
      Stream.concat(COMPARISON.stream(), COMBINATION.stream()).collect(Collectors.toSet());

  static final Set<String> WHEN =
      Stream.concat(CONDITION.stream(), Stream.of("clear_for")).collect(Collectors.toSet());

  private static final int DEEPEST = 8;
  private static final int MOST_PARTS = 32;

  private final KnownMetrics known;

  ConditionReader(KnownMetrics known) {
    this.known = known;
  }

  /** The condition of {@code when}: its {@code for} and {@code clear_for} are the rule's. */
  Condition when(YamlField field) {
    Map<String, YamlField> fields = field.map(WHEN);
    fields.remove("for");
    fields.remove("clear_for");
    return read(field, fields, 0);
  }

  /** A condition anywhere else. */
  Condition part(YamlField field) {
    return part(field, 0);
  }

  private Condition part(YamlField field, int depth) {
    if (depth > DEEPEST) {
      throw field.wrong("nested deeper than " + DEEPEST + " conditions");
    }
    Map<String, YamlField> fields = field.map(CONDITION);
    YamlField lasting = fields.remove("for");
    Condition read = read(field, fields, depth);
    return lasting == null ? read : new Condition.Lasting(read, Durations.window(lasting));
  }

  private Condition read(YamlField field, Map<String, YamlField> fields, int depth) {
    List<String> combined = Stream.of("all", "any", "not").filter(fields::containsKey).toList();
    if (combined.isEmpty()) {
      return new ComparisonReader(known, new FieldUse(field, fields)).read();
    }
    if (fields.size() > 1) {
      throw field.wrong(
          "expected exactly one of all, any, not or a comparison, got "
              + fields.keySet().stream().sorted().toList());
    }
    YamlField inner = field.require(fields, combined.get(0));
    if (combined.get(0).equals("not")) {
      return new Condition.Not(part(inner, depth + 1));
    }
    List<Condition> parts = new ArrayList<>();
    for (YamlField item : inner.list()) {
      parts.add(part(item, depth + 1));
    }
    if (parts.isEmpty() || parts.size() > MOST_PARTS) {
      throw inner.wrong("expected 1 to " + MOST_PARTS + " conditions, got " + parts.size());
    }
    if (new HashSet<>(parts).size() < parts.size()) {
      throw inner.wrong("holds the same condition twice");
    }
    return combined.get(0).equals("all") ? new Condition.All(parts) : new Condition.Any(parts);
  }

  /** Durations within reason. */
  static final class Durations {
    private static final Duration LONGEST = Duration.ofDays(31);

    private Durations() {}

    /** A window or delay: at most 31 days. */
    static Duration window(YamlField field) {
      Duration duration = field.duration();
      if (duration.compareTo(LONGEST) > 0) {
        throw field.wrong("is longer than 31 days, which no window may be");
      }
      if (duration.toMillis() == 0) {
        throw field.wrong("is shorter than a millisecond");
      }
      return duration;
    }

    /** The same, or zero when absent. */
    static Duration optional(@Nullable YamlField field) {
      return field == null ? Duration.ZERO : window(field);
    }
  }
}
