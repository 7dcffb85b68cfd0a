package io.caravanhub.hub.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import io.caravanhub.core.rule.RuleException;
import io.caravanhub.core.rule.YamlField;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A policy as YAML for the editor, and back. Stateless. */
final class PolicyText {
  private static final ObjectMapper YAML =
      new ObjectMapper(
          YAMLFactory.builder()
              .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
              .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
              .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
              .enable(YAMLGenerator.Feature.INDENT_ARRAYS_WITH_INDICATOR)
              .disable(YAMLGenerator.Feature.SPLIT_LINES)
              .build());

  private PolicyText() {}

  /** What is saved of a policy, as YAML. */
  static String write(JsonNode saved) {
    return write(YAML.convertValue(saved, new TypeReference<Map<String, Object>>() {}));
  }

  /** As YAML. */
  static String write(Map<String, Object> policy) {
    try {
      Map<String, Object> ordered = new LinkedHashMap<>();
      for (String first : List.of("id", "description", "enabled", "when", "then")) {
        if (policy.containsKey(first)) {
          ordered.put(first, policy.get(first));
        }
      }
      ordered.putAll(policy);
      return YAML.writeValueAsString(ordered);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a policy cannot be written", e);
    }
  }

  /**
   * What a text says.
   *
   * @param policy as plain maps and lists
   * @param lines on which each field stands, by its path
   */
  record Read(Object policy, Map<String, Integer> lines) {}

  /**
   * Reads a text.
   *
   * @throws RuleException when it is not YAML
   */
  static Read read(String text) {
    YamlField root = YamlField.parse(text);
    Map<String, Integer> lines = new LinkedHashMap<>();
    note(root, lines);
    return new Read(root.plain(), lines);
  }

  private static void note(YamlField field, Map<String, Integer> lines) {
    RuleException here = field.wrong("");
    lines.put(here.field(), here.line());
    if (field.isMap()) {
      field.named().values().forEach(within -> note(within, lines));
    } else if (field.isList()) {
      field.list().forEach(item -> note(item, lines));
    }
  }
}
