package io.caravanhub.sim.fsm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The hub's field-service contract, by which bodies are held to required fields and types. */
final class Contract {
  private final JsonNode contract;

  private Contract(JsonNode contract) {
    this.contract = contract;
  }

  static Contract read() throws IOException {
    try (InputStream yaml = Contract.class.getResourceAsStream("openapi.yaml")) {
      return new Contract(
          new ObjectMapper(new YAMLFactory()).readTree(Objects.requireNonNull(yaml, "openapi")));
    }
  }

  /** The operations, each as {@code POST /work-orders}. */
  List<String> operations() {
    List<String> operations = new ArrayList<>();
    contract
        .path("paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .properties()
                    .forEach(
                        o -> {
                          if (o.getValue().has("operationId")) {
                            operations.add(
                                o.getKey().toUpperCase(java.util.Locale.ROOT)
                                    + " "
                                    + path.getKey());
                          }
                        }));
    return operations;
  }

  /** Refuses a body that the contract does not allow; a path it does not know allows all. */
  void check(String path, String method, ObjectNode body) throws Problem {
    JsonNode schema =
        resolved(
            contract
                .path("paths")
                .path(path)
                .path(method)
                .at("/requestBody/content/application~1json/schema"));
    for (JsonNode required : schema.path("required")) {
      if (!body.hasNonNull(required.asText())) {
        throw new Problem(400, "Bad request", required.asText() + ": absent");
      }
    }
    for (Map.Entry<String, JsonNode> field : body.properties()) {
      JsonNode expected = resolved(schema.path("properties").path(field.getKey()));
      if (!expected.isMissingNode()
          && !field.getValue().isNull()
          && !fits(expected, field.getValue())) {
        throw new Problem(
            400,
            "Bad request",
            field.getKey() + ": expected " + expected + ", got " + field.getValue());
      }
    }
  }

  private JsonNode resolved(JsonNode schema) {
    return schema.has("$ref") ? contract.at(schema.path("$ref").asText().substring(1)) : schema;
  }

  private static boolean fits(JsonNode schema, JsonNode value) {
    boolean type =
        switch (schema.path("type").asText()) {
          case "string" -> value.isTextual();
          case "integer" ->
              value.isIntegralNumber()
                  && value.asInt() >= schema.path("minimum").asInt(Integer.MIN_VALUE)
                  && value.asInt() <= schema.path("maximum").asInt(Integer.MAX_VALUE);
          case "number" -> value.isNumber();
          case "array" -> value.isArray();
          case "object" -> value.isObject();
          default -> true;
        };
    if (!type || !schema.has("enum")) {
      return type;
    }
    for (JsonNode allowed : schema.path("enum")) {
      if (allowed.equals(value)) {
        return true;
      }
    }
    return false;
  }
}
