package io.caravanhub.hub.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import org.jspecify.annotations.Nullable;

/**
 * A field table taken apart for a grid. Whether its lines can be used is another question, which
 * the trial of the mapping answers.
 *
 * @param timestamp as it is written, or null
 * @param description as it is written, or null
 * @param lines objects, each with its {@code field}
 */
public record FieldTableLines(
    @Nullable JsonNode timestamp, @Nullable String description, ArrayNode lines) {
  private static final YAMLMapper YAML = new YAMLMapper();

  /**
   * Takes a table apart, in any form that mappings take.
   *
   * @throws IllegalArgumentException when it is no YAML or no table
   */
  static FieldTableLines of(String yaml) {
    JsonNode root;
    try {
      root = YAML.readTree(yaml);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "line "
              + (e.getLocation() == null ? 0 : e.getLocation().getLineNr())
              + ": not YAML: "
              + e.getOriginalMessage().lines().findFirst().orElse(""),
          e);
    }
    ArrayNode lines = JsonNodeFactory.instance.arrayNode();
    boolean whole = root.isObject() && root.has("fields");
    JsonNode fields = whole ? root.get("fields") : root;
    if (fields.isArray()) {
      fields.forEach(line -> lines.add(line(null, line)));
    } else if (fields.isObject()) {
      fields.properties().forEach(entry -> lines.add(line(entry.getKey(), entry.getValue())));
    } else if (!yaml.isBlank()) {
      throw new IllegalArgumentException(
          "expected lines such as temp: {metric: temperature, unit: Cel}");
    }
    return new FieldTableLines(
        whole ? root.get("timestamp") : null,
        whole && root.hasNonNull("description") ? root.get("description").asText() : null,
        lines);
  }

  private static ObjectNode line(@Nullable String field, JsonNode value) {
    ObjectNode line = JsonNodeFactory.instance.objectNode();
    if (value instanceof ObjectNode settings) {
      line.setAll(settings);
    } else if (value.isTextual()) {
      line.set("metric", value);
    } else {
      throw new IllegalArgumentException(
          (field == null ? "a line" : field) + ": expected a metric or its settings");
    }
    // The name of the line counts, whatever stands in it.
    if (field != null) {
      line.put("field", field);
    }
    return line;
  }
}
