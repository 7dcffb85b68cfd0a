package io.caravanhub.testkit.connector;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.caravanhub.core.webhook.WebhookScheme;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Checks that a kamelet is laid out as Apache Camel's catalogue lays out its own, so that tools can
 * show it and make a form of its definition.
 */
public final class KameletCheck {
  private static final Set<String> TYPES = Set.of("source", "sink", "action");
  private static final Set<String> VALUES =
      Set.of("string", "integer", "number", "boolean", "object", "array");

  private final List<String> problems = new ArrayList<>();
  private final Path file;

  private KameletCheck(Path file) {
    this.file = file;
  }

  /** What is wrong with the file, one line each. */
  public static List<String> problems(Path file) {
    KameletCheck check = new KameletCheck(file);
    try {
      check.kamelet(new ObjectMapper(new YAMLFactory()).readTree(file.toFile()));
    } catch (IOException e) {
      String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      check.problems.add(file.getFileName() + ": " + reason);
    }
    return check.problems;
  }

  private void kamelet(JsonNode kamelet) {
    require("/apiVersion", kamelet, "camel.apache.org/v1"::equals, "camel.apache.org/v1");
    require("/kind", kamelet, "Kamelet"::equals, "Kamelet");
    String name = file.getFileName().toString().replace(".kamelet.yaml", "");
    require("/metadata/name", kamelet, name::equals, "'" + name + "' (the file name)");
    JsonNode metadata = kamelet.path("metadata");
    String type = metadata.path("labels").path("camel.apache.org/kamelet.type").asText();
    if (!TYPES.contains(type) || !name.endsWith("-" + type)) {
      problem(
          "/metadata/labels/camel.apache.org~1kamelet.type",
          "expected source, sink or action, as the name ends; got '" + type + "'");
    }
    if (metadata.path("annotations").isObject()) {
      webhook(metadata.path("annotations"));
    }
    JsonNode definition = kamelet.at("/spec/definition");
    require("/spec/definition/title", kamelet, t -> !t.isBlank(), "a title");
    require("/spec/definition/description", kamelet, t -> t.length() > 20, "a sentence");
    require("/spec/definition/type", kamelet, "object"::equals, "object");
    properties(definition);
    JsonNode template = kamelet.at("/spec/template");
    if (!template.has("from") && !template.path("route").has("from")) {
      problem("/spec/template", "expected from or route");
    }
  }

  private void properties(JsonNode definition) {
    JsonNode properties = definition.path("properties");
    for (Map.Entry<String, JsonNode> property : properties.properties()) {
      String at = "/spec/definition/properties/" + property.getKey();
      JsonNode value = property.getValue();
      for (String field : List.of("title", "description")) {
        if (value.path(field).asText().isBlank()) {
          problem(at + "/" + field, "absent");
        }
      }
      if (!VALUES.contains(value.path("type").asText())) {
        problem(at + "/type", "expected one of " + VALUES.stream().sorted().toList());
      }
    }
    for (JsonNode required : definition.path("required")) {
      if (!properties.has(required.asText())) {
        problem("/spec/definition/required", "'" + required.asText() + "' is no property");
      } else if (properties.path(required.asText()).has("default")) {
        problem("/spec/definition/required", "'" + required.asText() + "' has a default");
      }
    }
  }

  private void webhook(JsonNode annotations) {
    try {
      WebhookScheme.read(new ObjectMapper().convertValue(annotations, Map.class));
    } catch (IllegalArgumentException e) {
      problem("/metadata/annotations", String.valueOf(e.getMessage()));
    }
  }

  private void require(
      String pointer, JsonNode root, java.util.function.Predicate<String> fits, String expected) {
    String value = root.at(pointer).asText();
    if (!fits.test(value)) {
      problem(pointer, "expected " + expected + ", got '" + value + "'");
    }
  }

  private void problem(String pointer, String reason) {
    problems.add(file.getFileName() + " " + pointer + ": " + reason);
  }
}
