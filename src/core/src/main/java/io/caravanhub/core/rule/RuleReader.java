package io.caravanhub.core.rule;

import io.caravanhub.core.unit.Units;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleUnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads rules from their structured form; the schema is {@code schema/rules.schema.json}. */
public final class RuleReader {
  static final Set<String> RULE =
      Set.of(
          "id",
          "description",
          "enabled",
          "mode",
          "scope",
          "when",
          "condition",
          "while",
          "clear_when",
          "cooldown",
          "fresh",
          "schedule",
          "steps",
          "event");
  static final Set<String> FILE = Set.of("rules", "metrics");
  static final Set<String> STEP = Set.of("above", "below", "severity", "type", "message", "action");
  static final Set<String> SCOPE =
      Set.of("device_type", "manufacturer", "model", "sla_tier", "customer", "location", "asset");
  private static final Duration FRESH = Duration.ofMinutes(10);
  static final Set<String> EVENT =
      Set.of("type", "severity", "family", "message", "action", "failure_mode", "parts");
  private static final Set<String> PLACEHOLDERS =
      Set.of("value", "unit", "threshold", "metric", "device", "rule", "reason", "severity");
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{([^{}]*)}");
  private static final Pattern ID = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");
  private static final Pattern CODE = Pattern.compile("[a-zA-Z0-9_.:-]{1,64}");

  private final KnownMetrics known;
  private final ConditionReader conditions;

  RuleReader(KnownMetrics known) {
    this.known = known;
    this.conditions = new ConditionReader(known);
  }

  /**
   * The rules of a file: a map with the field {@code rules}, and {@code metrics} with the units of
   * those that are not in the catalogue.
   */
  public static List<Rule> file(String text, KnownMetrics known) {
    YamlField root = YamlField.parse(text);
    Map<String, YamlField> fields = root.map(FILE);
    RuleReader reader = new RuleReader(known.and(own(fields.get("metrics"))));
    List<Rule> rules = new ArrayList<>();
    for (YamlField item : root.require(fields, "rules").list()) {
      rules.add(reader.rule(item));
    }
    return rules;
  }

  private static Map<String, KnownMetrics.Known> own(@Nullable YamlField field) {
    Map<String, KnownMetrics.Known> own = new HashMap<>();
    for (YamlField item : field == null ? List.<YamlField>of() : field.list()) {
      Map<String, YamlField> fields = item.map(Set.of("name", "unit", "text"));
      YamlField unit = fields.get("unit");
      if (unit != null && !Units.isKnown(unit.text())) {
        throw unit.wrong("unknown unit \"" + unit.text() + '"');
      }
      YamlField textual = fields.get("text");
      boolean text = textual != null && textual.flag();
      own.put(
          item.require(fields, "name").text(),
          new KnownMetrics.Known(unit == null ? null : unit.text(), !text, text));
    }
    return own;
  }

  /** One rule on its own, as a row of the table holds it. */
  public static Rule single(String text, KnownMetrics known) {
    return new RuleReader(known).rule(YamlField.parse(text));
  }

  private Rule rule(YamlField field) {
    Map<String, YamlField> fields = field.map(RULE);
    Map<String, YamlField> delays = Map.of();
    YamlField written = fields.get("condition");
    YamlField tree = fields.get("when");
    if ((written == null) == (tree == null)) {
      throw written == null
          ? new RuleException(field.at("when"), field.line(), "is missing; condition would do too")
          : field.wrong("expected exactly one of when, condition");
    }
    Condition when;
    if (tree == null && written != null) {
      when = ExpressionReader.read(new MetricReader(known), written);
    } else {
      YamlField given = field.require(fields, "when");
      delays = given.map(ConditionReader.WHEN);
      when = conditions.when(given);
    }
    YamlField besides = fields.get("while");
    List<Condition> context = new ArrayList<>();
    for (YamlField item : besides == null ? List.<YamlField>of() : besides.list()) {
      context.add(conditions.part(item));
    }
    YamlField clear = fields.get("clear_when");
    YamlField enabled = fields.get("enabled");
    YamlField description = fields.get("description");
    YamlField mode = fields.get("mode");
    YamlField schedule = fields.get("schedule");
    RuleOutcome outcome = outcome(field.require(fields, "event"));
    return new Rule(
        matching(field.require(fields, "id"), ID, "small letters, digits and hyphens"),
        description == null ? "" : description.text(),
        enabled == null || enabled.flag(),
        mode != null && mode.oneOf(Mode.class) == Mode.SHADOW,
        scope(fields.get("scope")),
        when,
        context,
        clear == null ? null : conditions.part(clear),
        timing(fields, delays),
        schedule == null ? null : ScheduleReader.read(schedule),
        steps(fields.get("steps"), outcome, inUnit(delays.get("unit"), when)),
        outcome,
        written(field));
  }

  /** Whether a rule acts. */
  enum Mode {
    LIVE,
    SHADOW
  }

  @SuppressWarnings("unchecked") // a rule is a map: its fields were read
  private static Map<String, Object> written(YamlField field) {
    return (Map<String, Object>) field.plain();
  }

  private static RuleTiming timing(Map<String, YamlField> fields, Map<String, YamlField> delays) {
    YamlField fresh = fields.get("fresh");
    YamlField hold = delays.get("for");
    for (String elapsed : List.of("unchanged_for", "silent_for", "missing_for")) {
      if (hold != null && delays.containsKey(elapsed)) {
        throw hold.wrong("has no effect together with " + elapsed);
      }
    }
    return new RuleTiming(
        ConditionReader.Durations.optional(hold),
        ConditionReader.Durations.optional(delays.get("clear_for")),
        ConditionReader.Durations.optional(fields.get("cooldown")),
        fresh == null ? FRESH : ConditionReader.Durations.window(fresh));
  }

  /** Steps are in the unit of the limit they go on from. */
  private DoubleUnaryOperator inUnit(@Nullable YamlField unit, Condition when) {
    if (unit == null
        || !(when instanceof Condition.Compared compared)
        || !(compared.amount() instanceof Amount.Latest
            || compared.amount() instanceof Amount.Change
            || compared.amount() instanceof Amount.Moving)) {
      return DoubleUnaryOperator.identity();
    }
    Amount amount = compared.amount();
    String own = known.find(amount.metrics().get(0)).map(KnownMetrics.Known::unit).orElse(null);
    return new LimitReader(new MetricReader(known), amount, new LimitReader.Unit(unit, own))::level;
  }

  private static List<SeverityStep> steps(
      @Nullable YamlField field, RuleOutcome base, DoubleUnaryOperator inUnit) {
    List<SeverityStep> steps = new ArrayList<>();
    for (YamlField item : field == null ? List.<YamlField>of() : field.list()) {
      Map<String, YamlField> fields = item.map(STEP);
      if (fields.containsKey("above") == fields.containsKey("below")) {
        throw item.wrong("expected exactly one of above, below");
      }
      boolean above = fields.containsKey("above");
      double limit = inUnit.applyAsDouble(item.require(fields, above ? "above" : "below").number());
      SeverityStep last = steps.isEmpty() ? null : steps.get(steps.size() - 1);
      if (last != null && (last.above() != above || (limit > last.limit()) != above)) {
        throw item.wrong("expected steps in one direction, the mildest first");
      }
      YamlField type = fields.get("type");
      YamlField message = fields.get("message");
      YamlField action = fields.get("action");
      Severity severity = item.require(fields, "severity").oneOf(Severity.class);
      if (severity.compareTo(last == null ? base.severity() : last.outcome().severity()) < 0) {
        throw item.require(fields, "severity").wrong("is milder than the step before it");
      }
      steps.add(
          new SeverityStep(
              limit,
              above,
              new RuleOutcome(
                  type == null ? base.type() : type.oneOf(EventType.class),
                  severity,
                  base.family(),
                  message == null ? base.message() : placed(message),
                  action == null ? base.action() : action.text(),
                  base.failureMode(),
                  base.parts())));
    }
    return steps;
  }

  private static RuleScope scope(@Nullable YamlField field) {
    if (field == null) {
      return RuleScope.GLOBAL;
    }
    Map<String, YamlField> fields = field.map(SCOPE);
    return new RuleScope(
        text(fields.get("device_type")),
        text(fields.get("manufacturer")),
        text(fields.get("model")),
        text(fields.get("sla_tier")),
        text(fields.get("customer")),
        text(fields.get("location")),
        text(fields.get("asset")));
  }

  private static RuleOutcome outcome(YamlField field) {
    Map<String, YamlField> fields = field.map(EVENT);
    YamlField message = field.require(fields, "message");
    placed(message);
    YamlField failureMode = fields.get("failure_mode");
    YamlField action = fields.get("action");
    List<RuleOutcome.Part> parts = new ArrayList<>();
    YamlField listed = fields.get("parts");
    for (YamlField item : listed == null ? List.<YamlField>of() : listed.list()) {
      Map<String, YamlField> part = item.map(Set.of("number", "name", "quantity"));
      YamlField quantity = part.get("quantity");
      parts.add(
          new RuleOutcome.Part(
              item.require(part, "number").text(),
              item.require(part, "name").text(),
              quantity == null ? 1 : quantity.wholeNumber(1, 10_000)));
    }
    return new RuleOutcome(
        field.require(fields, "type").oneOf(EventType.class),
        field.require(fields, "severity").oneOf(Severity.class),
        matching(field.require(fields, "family"), CODE, "letters, digits and _"),
        message.text(),
        action == null ? "" : action.text(),
        failureMode == null ? null : matching(failureMode, CODE, "letters, digits and _"),
        parts);
  }

  /** A message whose placeholders are known. */
  private static String placed(YamlField message) {
    Matcher matcher = PLACEHOLDER.matcher(message.text());
    while (matcher.find()) {
      if (!PLACEHOLDERS.contains(matcher.group(1))) {
        throw message.wrong(
            "no such placeholder {"
                + matcher.group(1)
                + "}; known: "
                + PLACEHOLDERS.stream().sorted().toList());
      }
    }
    return message.text();
  }

  private static @Nullable String text(@Nullable YamlField field) {
    return field == null ? null : field.text();
  }

  static String matching(YamlField field, Pattern pattern, String wanted) {
    String text = field.text();
    if (!pattern.matcher(text).matches()) {
      throw field.wrong("expected " + wanted + ", got \"" + text + '"');
    }
    return text;
  }
}
