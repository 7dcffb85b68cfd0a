package io.caravanhub.core.fieldbus;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads fields of a device map; each mistake names its field. */
final class MapFields {
  private MapFields() {}

  static void requireFields(String what, JsonNode node, Set<String> known) {
    if (!node.isObject()) {
      throw new IllegalArgumentException(what + " expected fields, got " + node);
    }
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      if (!known.contains(field.getKey())) {
        throw new IllegalArgumentException(field.getKey() + ": there is no such field");
      }
    }
  }

  static String text(JsonNode node, String field) {
    String text = node.path(field).asText("");
    if (text.isBlank()) {
      throw new IllegalArgumentException(field + ": expected a text");
    }
    return text;
  }

  static double number(JsonNode node, String field, double fallback) {
    JsonNode number = node.path(field);
    if (number.isMissingNode()) {
      return fallback;
    }
    if (!number.isNumber()) {
      throw new IllegalArgumentException(field + ": expected a number, got " + number);
    }
    return number.asDouble();
  }

  static boolean flag(JsonNode node, String field) {
    JsonNode flag = node.path(field);
    if (!flag.isMissingNode() && !flag.isBoolean()) {
      throw new IllegalArgumentException(field + ": expected true or false, got " + flag);
    }
    return flag.asBoolean();
  }

  /** A whole number from {@code least} to {@code most}. */
  static int whole(JsonNode node, String field, int least, int most) {
    JsonNode number = node.path(field);
    if (!number.canConvertToInt()
        || !number.isIntegralNumber()
        || number.asInt() < least
        || number.asInt() > most) {
      throw new IllegalArgumentException(
          field + ": expected " + least + " to " + most + ", got " + shown(number));
    }
    return number.asInt();
  }

  static String oneOf(JsonNode node, String field, @Nullable String fallback, String... choices) {
    JsonNode value = node.path(field);
    if (value.isMissingNode() && fallback != null) {
      return fallback;
    }
    if (!List.of(choices).contains(value.asText())) {
      throw new IllegalArgumentException(
          field + ": expected one of " + String.join(", ", choices) + ", got " + shown(value));
    }
    return value.asText();
  }

  static String shown(JsonNode node) {
    return node.isMissingNode() ? "nothing" : node.toString();
  }
}
