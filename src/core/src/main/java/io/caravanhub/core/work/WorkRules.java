package io.caravanhub.core.work;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads rules of local work, every mistake told by the field's path. */
public final class WorkRules {
  private static final YAMLMapper YAML = new YAMLMapper();

  private WorkRules() {}

  /**
   * Reads a file of rules: the field {@code rules} alone, as under {@code work} in {@code
   * edge.yaml}. An empty file has none.
   *
   * @throws IllegalArgumentException one line that begins with the field's path
   */
  public static List<WorkRule> read(String text) {
    try {
      JsonNode root = YAML.readTree(text);
      WorkField file = new WorkField("", root == null ? YAML.missingNode() : root);
      if (!file.node().isMissingNode() && !file.node().isNull() && !file.node().isObject()) {
        throw new IllegalArgumentException("expected the field rules with a list");
      }
      file.requireKnown("rules");
      return of(file);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not YAML: " + e.getOriginalMessage(), e);
    }
  }

  /**
   * The rules of a section.
   *
   * @throws IllegalArgumentException one line that begins with the field's path
   */
  public static List<WorkRule> of(WorkField section) {
    List<WorkRule> rules = new ArrayList<>();
    for (WorkField rule : section.list("rules")) {
      rules.addAll(rules(rule));
    }
    return rules;
  }

  private static List<WorkRule> rules(WorkField rule) {
    rule.requireKnown("devices", "metrics", "filter", "deadband", "aggregate", "burst");
    Globs devices = rule.globs("devices");
    Globs metrics = rule.globs("metrics");
    WorkField filter = rule.at("filter");
    if (filter.isText()) {
      String kind = filter.text();
      if (!Set.of("drop", "pass").contains(kind)) {
        throw filter.wrong("expected drop, pass, {keep: [...]} or {badEvery: PT30S}");
      }
      rule.requireOnly(kind.equals("drop"), "filter: drop", "deadband", "aggregate", "burst");
      if (kind.equals("drop")) {
        return List.of(new WorkRule(devices, metrics, true, null, null, null, null));
      }
    } else {
      filter.requireKnown("keep", "badEvery");
    }
    if (!filter.isText() && filter.has("keep")) {
      rule.requireOnly(true, "filter.keep", "metrics", "deadband", "aggregate", "burst");
      Globs others = filter.globs("keep").allOthers();
      return List.of(new WorkRule(devices, others, true, null, null, null, null));
    }
    if (rule.has("deadband") && rule.has("aggregate")) {
      throw rule.at("deadband").wrong("stands beside aggregate, a rule has one of them");
    }
    return List.of(
        new WorkRule(
            devices,
            metrics,
            false,
            filter.isText() || !filter.has("badEvery")
                ? null
                : filter.duration("badEvery", Duration.ZERO),
            rule.has("deadband") ? deadband(rule.at("deadband")) : null,
            rule.has("aggregate") ? aggregate(rule.at("aggregate")) : null,
            rule.has("burst") ? burst(rule.at("burst")) : null));
  }

  private static Deadband deadband(WorkField field) {
    field.requireKnown("absolute", "percent", "of", "span", "heartbeat");
    if (field.has("absolute") == field.has("percent")) {
      throw field.wrong("expected absolute or percent, one of them");
    }
    double absolute = field.positive("absolute", 0);
    double percent = field.positive("percent", 0);
    String of = field.text("of", field.has("span") ? "span" : "value");
    if (!Set.of("span", "value").contains(of)) {
      throw field.at("of").wrong("expected span or value, got \"" + of + "\"");
    }
    return new Deadband(
        absolute,
        percent,
        of.equals("value") ? 0 : field.positive("span", Double.NaN),
        field.duration("heartbeat", Duration.ofMinutes(5)));
  }

  private static Aggregate aggregate(WorkField field) {
    field.requireKnown("window", "send", "grace");
    Duration window = field.duration("window", Duration.ofMinutes(1));
    boolean whole = window.toNanosPart() == 0;
    if (!whole || Duration.ofDays(1).toSeconds() % window.toSeconds() != 0) {
      throw field
          .at("window")
          .wrong("expected whole seconds that a day is a multiple of, got " + window);
    }
    Set<Aggregate.Statistic> send = EnumSet.noneOf(Aggregate.Statistic.class);
    for (WorkField name : field.list("send")) {
      send.add(statistic(name));
    }
    return new Aggregate(
        window,
        send.isEmpty() ? EnumSet.allOf(Aggregate.Statistic.class) : send,
        field.duration("grace", Duration.ofSeconds(5)));
  }

  private static Aggregate.Statistic statistic(WorkField name) {
    try {
      return Aggregate.Statistic.valueOf(name.text().toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw name.wrong("expected mean, min, max, last or count, got \"" + name.text() + "\"");
    }
  }

  private static Burst burst(WorkField field) {
    field.requireKnown("before", "after", "pause", "when");
    @Nullable WorkField when = field.has("when") ? field.at("when") : null;
    if (when == null) {
      throw field.at("when").wrong("is required: deviations, above, below, quality or event");
    }
    when.requireKnown("deviations", "above", "below", "quality", "event");
    return new Burst(
        field.duration("before", Duration.ofSeconds(30)),
        field.duration("after", Duration.ofSeconds(30)),
        field.duration("pause", Duration.ofMinutes(5)),
        when.positive("deviations", 0),
        when.number("above", Double.POSITIVE_INFINITY),
        when.number("below", Double.NEGATIVE_INFINITY),
        when.bool("quality"),
        when.bool("event"));
  }
}
