package io.caravanhub.hub.orchestration;

import io.caravanhub.core.rule.EventType;
import io.caravanhub.core.rule.Severity;
import io.caravanhub.core.rule.YamlField;
import io.caravanhub.hub.orchestration.PolicyAction.Doubt;
import io.caravanhub.hub.orchestration.PolicyAction.Downgrade;
import io.caravanhub.hub.orchestration.PolicyAction.Kind;
import io.caravanhub.hub.orchestration.PolicyAction.Timing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads policies; the schema is {@code schema/policies.schema.json}. Stateless. */
final class PolicyReader {
  static final Set<String> POLICY = Set.of("id", "description", "enabled", "when", "then");
  static final Set<String> WHEN =
      Set.of(
          "event_type",
          "severity",
          "family",
          "rule",
          "scope",
          "min_confidence",
          "active_for",
          "recurrence");
  static final Set<String> THEN =
      Set.of(
          "kind",
          "priority",
          "work_type",
          "title",
          "description",
          "checklist",
          "start_within",
          "complete_within",
          "hours",
          "group_for",
          "outside_hours",
          "low_confidence",
          "downgrade_to",
          "role",
          "to",
          "template",
          "urgent",
          "event",
          "order");
  private static final Set<String> OUTBOX_ONLY =
      Set.of(
          "priority",
          "work_type",
          "title",
          "description",
          "checklist",
          "start_within",
          "complete_within",
          "hours",
          "group_for",
          "outside_hours",
          "low_confidence",
          "downgrade_to");
  private static final Pattern ID = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");
  private static final Duration WINDOW = Duration.ofHours(4);
  private static final int MOST_ACTIONS = 20;

  private PolicyReader() {}

  /** One policy on its own. */
  static Policy single(String text) {
    return read(YamlField.parse(text));
  }

  @SuppressWarnings("unchecked") // a policy is a map: its fields were read
  static Policy read(YamlField field) {
    Map<String, YamlField> fields = field.map(POLICY);
    YamlField id = field.require(fields, "id");
    if (!ID.matcher(id.text()).matches()) {
      throw id.wrong("expected small letters, digits and hyphens, got \"" + id.text() + '"');
    }
    YamlField description = fields.get("description");
    YamlField enabled = fields.get("enabled");
    YamlField then = field.require(fields, "then");
    List<PolicyAction> actions = new ArrayList<>();
    // One action on its own is how policies were written before they had several.
    for (YamlField action : then.isMap() ? List.of(then) : then.list()) {
      actions.add(action(action));
    }
    if (actions.size() > MOST_ACTIONS) {
      throw then.wrong("expected " + MOST_ACTIONS + " actions at most");
    }
    return new Policy(
        id.text(),
        description == null ? "" : description.text(),
        enabled == null || enabled.flag(),
        when(fields.get("when")),
        actions,
        (Map<String, Object>) field.plain());
  }

  private static PolicyCondition when(@Nullable YamlField field) {
    Map<String, YamlField> fields = field == null ? Map.of() : field.map(WHEN);
    YamlField confidence = fields.get("min_confidence");
    YamlField active = fields.get("active_for");
    YamlField recurrence = fields.get("recurrence");
    return new PolicyCondition(
        labels(fields.get("event_type"), EventType.class),
        labels(fields.get("severity"), Severity.class),
        texts(fields.get("family")),
        texts(fields.get("rule")),
        scope(fields.get("scope")),
        confidence == null ? 0 : share(confidence),
        active == null ? null : active.duration(),
        recurrence == null ? null : recurrence(recurrence));
  }

  static PolicyScope scope(@Nullable YamlField field) {
    if (field == null) {
      return PolicyScope.ALL;
    }
    Map<String, List<String>> wanted = new HashMap<>();
    field.map(PolicyScope.FIELDS).forEach((name, value) -> wanted.put(name, texts(value)));
    return new PolicyScope(wanted);
  }

  private static PolicyCondition.Recurrence recurrence(YamlField field) {
    Map<String, YamlField> fields = field.map(Set.of("times", "within"));
    Duration within = field.require(fields, "within").duration();
    if (within.compareTo(Duration.ofDays(400)) > 0) {
      throw field.require(fields, "within").wrong("is longer than 400 days");
    }
    return new PolicyCondition.Recurrence(
        field.require(fields, "times").wholeNumber(2, 1_000), within);
  }

  static PolicyAction action(YamlField field) {
    Map<String, YamlField> fields = field.map(THEN);
    Kind kind = field.require(fields, "kind").oneOf(Kind.class);
    refuse(fields, kind.told() ? OUTBOX_ONLY : Set.of("to", "template", "urgent", "event"), kind);
    refuse(fields, kind == Kind.ACTIVITY ? Set.of() : Set.of("role"), kind);
    refuse(fields, kind == Kind.PARTS ? Set.of() : Set.of("order"), kind);
    refuse(
        fields, kind == Kind.WEBHOOK ? Set.of("to", "template", "urgent") : Set.of("event"), kind);
    YamlField to = fields.get(kind == Kind.WEBHOOK ? "event" : "to");
    YamlField urgent = fields.get("urgent");
    YamlField order = fields.get("order");
    YamlField hours = fields.get("hours");
    YamlField outside = fields.get("outside_hours");
    YamlField doubt = fields.get("low_confidence");
    return new PolicyAction(
        kind,
        priority(fields.get("priority")),
        workType(fields.get("work_type"), kind),
        wording(fields.get("title")),
        wording(fields.get("description")),
        checklist(fields.get("checklist")),
        duration(fields.get("start_within")),
        duration(fields.get("complete_within")),
        hours != null && hours.oneOf(Hours.class) == Hours.WORKING,
        window(fields.get("group_for")),
        outside == null ? Timing.ACT : outside.oneOf(Timing.class),
        doubt == null ? null : doubt(doubt),
        downgrade(fields.get("downgrade_to")),
        kind == Kind.ACTIVITY ? field.require(fields, "role").text() : null,
        to == null ? null : to.text(),
        text(fields.get("template")),
        urgent != null && urgent.flag(),
        order == null || order.flag());
  }

  /** Which hours a span is measured in. */
  enum Hours {
    CLOCK,
    WORKING
  }

  /** A field that the kind does not use would be silently without effect. */
  private static void refuse(Map<String, YamlField> fields, Set<String> names, Kind kind) {
    fields.forEach(
        (name, field) -> {
          if (names.contains(name)) {
            throw field.wrong("has no effect together with kind " + kind.label());
          }
        });
  }

  private static @Nullable Integer priority(@Nullable YamlField field) {
    return field == null || field.text().equals("risk") ? null : (Integer) field.wholeNumber(1, 5);
  }

  private static String workType(@Nullable YamlField field, Kind kind) {
    return field == null ? kind == Kind.WORK_ORDER ? "corrective" : "" : field.text();
  }

  private static Duration window(@Nullable YamlField field) {
    return field == null ? WINDOW : field.duration();
  }

  private static Doubt doubt(YamlField field) {
    Map<String, YamlField> fields = field.map(Set.of("below", "then"));
    return new Doubt(
        share(field.require(fields, "below")), field.require(fields, "then").oneOf(Timing.class));
  }

  private static Downgrade downgrade(@Nullable YamlField field) {
    if (field == null) {
      return new Downgrade(null, null);
    }
    Map<String, YamlField> fields = field.map(Set.of("kind", "priority"));
    YamlField named = fields.get("kind");
    YamlField priority = fields.get("priority");
    Kind kind = named == null ? null : named.oneOf(Kind.class);
    if (named != null && kind != Kind.TASK && kind != Kind.WORK_ORDER && kind != Kind.QUOTE) {
      throw named.wrong("expected one of quote, task, work_order");
    }
    return new Downgrade(kind, priority == null ? null : priority.wholeNumber(1, 5));
  }

  private static List<String> checklist(@Nullable YamlField field) {
    return field == null ? List.of() : field.list().stream().map(Wording::checked).toList();
  }

  static double share(YamlField field) {
    double number = field.number();
    if (number < 0 || number > 1) {
      throw field.wrong("expected a number from 0 to 1, got " + number);
    }
    return number;
  }

  private static @Nullable String wording(@Nullable YamlField field) {
    return field == null ? null : Wording.checked(field);
  }

  private static @Nullable String text(@Nullable YamlField field) {
    return field == null ? null : field.text();
  }

  private static @Nullable Duration duration(@Nullable YamlField field) {
    return field == null ? null : field.duration();
  }

  private static <E extends Enum<E>> List<String> labels(@Nullable YamlField field, Class<E> type) {
    if (field == null) {
      return List.of();
    }
    for (YamlField item : items(field)) {
      item.oneOf(type);
    }
    return texts(field);
  }

  static List<String> texts(@Nullable YamlField field) {
    return field == null ? List.of() : items(field).stream().map(YamlField::text).toList();
  }

  /** One value may stand for a list of one. */
  private static List<YamlField> items(YamlField field) {
    return field.isList() ? field.list() : List.of(field);
  }
}
