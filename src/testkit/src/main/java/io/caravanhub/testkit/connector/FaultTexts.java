package io.caravanhub.testkit.connector;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Faults with what the connector's {@code faults.yaml} says of their codes, as the hub tells them.
 * Immutable.
 */
final class FaultTexts {
  private static final List<String> FIELDS =
      List.of("severity", "type", "text", "action", "failure_mode");

  private final JsonNode table;

  private FaultTexts(JsonNode table) {
    this.table = table;
  }

  /** Of a connector that has no such table faults stay as they are. */
  static FaultTexts of(ConnectorFolder connector) {
    Path file = connector.path().resolve("faults.yaml");
    try {
      return new FaultTexts(
          Files.exists(file)
              ? new ObjectMapper(new YAMLFactory()).readTree(file.toFile())
              : MissingNode.getInstance());
    } catch (IOException e) {
      throw new IllegalStateException(file + ": " + e.getMessage(), e);
    }
  }

  /** The fault, with what the mapping left to the table. */
  JsonNode explain(JsonNode fault) {
    if (!fault.isObject()) {
      return fault;
    }
    ObjectNode told = fault.deepCopy();
    String code = fault.path("code").asText("");
    JsonNode row = table.has(code) ? table.path(code) : table.path("*");
    for (String field : FIELDS) {
      if (told.path(field).asText("").isEmpty() && row.has(field)) {
        told.put(field, row.path(field).asText().replace("{code}", code));
      }
    }
    return told;
  }
}
