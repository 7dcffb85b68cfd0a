package io.caravanhub.hub.rules;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.caravanhub.core.rule.Rule;
import io.caravanhub.core.rule.RuleException;
import io.caravanhub.core.rule.YamlField;
import io.caravanhub.hub.api.ProblemException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Rules that somebody is writing: read as they stand, with what is wrong and where. Nothing is
 * saved. Thread-safe.
 */
@Component
public class RuleDrafts {
  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
          .disable(YAMLGenerator.Feature.SPLIT_LINES)
          .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
          .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
          .enable(YAMLGenerator.Feature.INDENT_ARRAYS_WITH_INDICATOR)
          .build();

  private static final List<String> ORDER =
      List.of(
          ("id description enabled mode scope device_type manufacturer model sla_tier customer"
                  + " location asset metric metrics statistic over from is in above at_least below"
                  + " at_most between outside equals tolerance rises falls rate_above rate_below"
                  + " within per unit share count clear hysteresis deadband unchanged_for missing_for"
                  + " silent_for detector score learns all any not for clear_for when condition while"
                  + " clear_when cooldown fresh schedule days to zone holidays steps event type"
                  + " severity family message action failure_mode parts number name quantity")
              .split(" "));

  private final RuleEdits edits;
  private final RuleRows rows;
  private final ObjectMapper json;

  RuleDrafts(RuleEdits edits, RuleRows rows, ObjectMapper json) {
    this.edits = edits;
    this.rows = rows;
    this.json = json;
  }

  /**
   * A text that is to be a rule.
   *
   * @param rule what it says, or null when it cannot be used
   * @param written its fields, as far as the text is YAML or JSON at all; empty when it is not
   * @param problem what is wrong with it, or null
   */
  public record Draft(
      @Nullable Rule rule, Map<String, Object> written, @Nullable Problem problem) {}

  /**
   * What is wrong with a draft.
   *
   * @param field path of the field at fault; empty for the whole text
   * @param line from 1, or 0 when it is not a matter of the text
   */
  public record Problem(String field, int line, String reason) {}

  /** A version there was; {@code yaml} is null where the rule was deleted. */
  public record Past(int version, String author, Instant at, @Nullable String yaml) {}

  /** Reads a text, YAML or JSON, as the caller's tenant may write it. */
  @SuppressWarnings("unchecked") // keys of a mapping are texts
  public Draft look(String text) {
    Map<String, Object> written = Map.of();
    try {
      YamlField field = YamlField.parse(text);
      if (!field.isMap()) {
        return new Draft(null, written, new Problem("", 1, "expected the fields of a rule"));
      }
      written = (Map<String, Object>) field.plain();
      return new Draft(edits.readText(text), written, null);
    } catch (RuleException e) {
      return new Draft(
          null, written, new Problem(e.field(), e.line(), String.valueOf(e.getMessage())));
    } catch (ProblemException e) {
      String field = e.field() == null ? "" : e.field();
      return new Draft(null, written, new Problem(field, 0, String.valueOf(e.getMessage())));
    }
  }

  /** The versions of a rule of the tenant's own, newest first. */
  public List<Past> history(String id) {
    return rows.versions(id).stream()
        .map(past -> new Past(past.version(), past.author(), past.at(), yaml(past.definition())))
        .toList();
  }

  /** The text of the tenant's own rule with its version, or null when there is none. */
  public @Nullable RuleView own(String id) {
    return rows.find(id).orElse(null);
  }

  /** A rule's fields as YAML. */
  public String yaml(Map<String, Object> written) {
    return String.valueOf(yaml(json.<JsonNode>valueToTree(written)));
  }

  /** The tenant's own rule as YAML. */
  public String yaml(RuleView own) {
    return String.valueOf(yaml(own.definition()));
  }

  private static @Nullable String yaml(@Nullable JsonNode definition) {
    try {
      return definition == null || definition.isNull()
          ? null
          : YAML.writeValueAsString(ordered(definition));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a rule cannot be written as YAML", e);
    }
  }

  /** The fields as people write them: the database has an order of its own. */
  private static JsonNode ordered(JsonNode node) {
    if (node instanceof ArrayNode list) {
      ArrayNode sorted = list.arrayNode();
      list.forEach(item -> sorted.add(ordered(item)));
      return sorted;
    }
    if (!(node instanceof ObjectNode fields)) {
      return node;
    }
    ObjectNode sorted = fields.objectNode();
    fields.properties().stream()
        .sorted(Comparator.comparingInt(field -> place(field.getKey())))
        .forEach(field -> sorted.set(field.getKey(), ordered(field.getValue())));
    return sorted;
  }

  private static int place(String field) {
    int place = ORDER.indexOf(field);
    return place < 0 ? ORDER.size() : place;
  }
}
