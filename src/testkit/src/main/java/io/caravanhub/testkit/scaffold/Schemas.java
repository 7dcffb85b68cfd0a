package io.caravanhub.testkit.scaffold;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/** JSON of the shape that schemas of an OpenAPI description say. Belongs to one description. */
final class Schemas {
  private static final int DEEPEST = 8;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final JsonNode description;

  Schemas(JsonNode description) {
    this.description = description;
  }

  /** Whatever a {@code $ref} within the description leads to. */
  JsonNode resolved(JsonNode node) {
    JsonNode now = node;
    for (int i = 0; now.has("$ref") && i < DEEPEST; i++) {
      String ref = now.path("$ref").asText();
      now =
          ref.startsWith("#/")
              ? description.at(ref.substring(1).replace("%7B", "{").replace("%7D", "}"))
              : JSON.missingNode();
    }
    return now;
  }

  /** The first content in JSON of a response. */
  JsonNode content(JsonNode response) {
    for (Map.Entry<String, JsonNode> type : resolved(response).path("content").properties()) {
      if (type.getKey().matches("(?i)(application|text)/([a-z0-9.+-]*\\+)?json.*|\\*/\\*")) {
        return type.getValue();
      }
    }
    return JSON.missingNode();
  }

  /** An example that the description gives itself, or one that is missing. */
  JsonNode example(JsonNode content) {
    if (content.has("example")) {
      return content.path("example");
    }
    for (JsonNode example : content.path("examples")) {
      JsonNode value = resolved(example).path("value");
      if (value.isContainerNode()) {
        return value;
      }
    }
    JsonNode schema = resolved(content.path("schema"));
    return schema.has("example") ? schema.path("example") : schema.path("examples").path(0);
  }

  /** Something of the schema's shape. */
  JsonNode madeUp(JsonNode schema) {
    return madeUp(schema, "", 0);
  }

  private JsonNode madeUp(JsonNode declared, String name, int depth) {
    JsonNode schema = resolved(declared);
    if (schema.has("example")) {
      return schema.path("example");
    }
    for (String field : new String[] {"const", "default"}) {
      if (schema.has(field)) {
        return schema.path(field);
      }
    }
    if (schema.path("enum").size() > 0) {
      return schema.path("enum").get(0);
    }
    for (String either : new String[] {"oneOf", "anyOf"}) {
      if (schema.path(either).size() > 0) {
        return madeUp(schema.path(either).get(0), name, depth);
      }
    }
    JsonNode type = schema.path("type");
    String kind = type.isArray() ? type.path(0).asText() : type.asText();
    if (schema.has("properties") || schema.has("allOf") || kind.equals("object")) {
      ObjectNode object = JSON.createObjectNode();
      if (depth < DEEPEST) {
        for (JsonNode part : schema.path("allOf")) {
          if (madeUp(part, name, depth + 1) instanceof ObjectNode more) {
            object.setAll(more);
          }
        }
        schema
            .path("properties")
            .properties()
            .forEach(p -> object.set(p.getKey(), madeUp(p.getValue(), p.getKey(), depth + 1)));
      }
      return object;
    }
    if (kind.equals("array") || schema.has("items")) {
      ArrayNode array = JSON.createArrayNode();
      return depth < DEEPEST ? array.add(madeUp(schema.path("items"), name, depth + 1)) : array;
    }
    JsonNodeFactory make = JsonNodeFactory.instance;
    return switch (kind) {
      case "integer" -> make.numberNode(schema.path("minimum").asInt(1));
      case "number" -> make.numberNode(schema.path("minimum").asDouble(1.5));
      case "boolean" -> make.booleanNode(true);
      default ->
          make.textNode(
              switch (schema.path("format").asText()) {
                case "date-time" -> "2026-01-01T08:00:00Z";
                case "date" -> "2026-01-01";
                case "uuid" -> "00000000-0000-4000-8000-000000000001";
                default ->
                    Names.plain(name).matches("(time|timestamp|.*(edat|time|timestamp))")
                        ? "2026-01-01T08:00:00Z"
                        : name.isEmpty() ? "text" : name;
              });
    };
  }
}
