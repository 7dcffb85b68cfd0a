package io.caravanhub.hub.rules;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads rules from their structured form; the schema is {@code schema/rules.schema.json}. */
final class RuleReader {
  static final Set<String> RULE =
      Set.of("id", "description", "enabled", "scope", "when", "while", "event");
  static final Set<String> SCOPE = Set.of("device_type", "manufacturer", "model", "asset");
  static final Set<String> EVENT =
      Set.of("type", "severity", "family", "message", "action", "failure_mode", "parts");
  private static final Set<String> PLACEHOLDERS =
      Set.of("value", "unit", "threshold", "metric", "device", "rule");
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{([^{}]*)}");
  private static final Pattern ID = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");
  private static final Pattern CODE = Pattern.compile("[a-zA-Z0-9_.:-]{1,64}");

  private RuleReader() {}

  /** The rules of a file: a map with the one field {@code rules}. */
  static List<Rule> file(String text) {
    YamlField root = YamlField.parse(text);
    List<Rule> rules = new ArrayList<>();
    for (YamlField item : root.require(root.map(Set.of("rules")), "rules").list()) {
      rules.add(rule(item));
    }
    return rules;
  }

  /** One rule on its own, as a row of the table holds it. */
  static Rule single(String text) {
    return rule(YamlField.parse(text));
  }

  private static Rule rule(YamlField field) {
    Map<String, YamlField> fields = field.map(RULE);
    YamlField when = field.require(fields, "when");
    Map<String, YamlField> whenFields = when.map(TermReader.WHEN);
    YamlField hold = whenFields.get("for");
    List<Term> context = new ArrayList<>();
    YamlField besides = fields.get("while");
    for (YamlField item : besides == null ? List.<YamlField>of() : besides.list()) {
      context.add(TermReader.context(item));
    }
    YamlField enabled = fields.get("enabled");
    YamlField description = fields.get("description");
    return new Rule(
        matching(field.require(fields, "id"), ID, "small letters, digits and hyphens"),
        description == null ? "" : description.text(),
        enabled == null || enabled.flag(),
        scope(fields.get("scope")),
        TermReader.when(when, whenFields),
        context,
        hold == null ? Duration.ZERO : hold.duration(),
        outcome(field.require(fields, "event")));
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
        text(fields.get("asset")));
  }

  private static RuleOutcome outcome(YamlField field) {
    Map<String, YamlField> fields = field.map(EVENT);
    YamlField message = field.require(fields, "message");
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
