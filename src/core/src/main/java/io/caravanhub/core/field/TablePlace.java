package io.caravanhub.core.field;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A part of a table's text, which knows its name and line.
 *
 * @param lines where the parts of the text begin
 * @param name as errors tell it: {@code fields.temp.unit}
 */
record TablePlace(
    JsonNode node, Map<JsonPointer, Integer> lines, JsonPointer pointer, String name) {
  TablePlace child(String field) {
    return new TablePlace(
        node.path(field),
        lines,
        pointer.appendProperty(field),
        name.isEmpty() ? field : name + "." + field);
  }

  TablePlace child(int index) {
    return new TablePlace(
        node.path(index), lines, pointer.appendIndex(index), name + "[" + index + "]");
  }

  boolean has(String field) {
    return node.hasNonNull(field);
  }

  void only(Set<String> known) {
    if (!node.isObject()) {
      throw wrong("expected fields or a metric's key, got " + node);
    }
    node.fieldNames()
        .forEachRemaining(
            field -> {
              if (!known.contains(field)) {
                throw child(field)
                    .wrong("there is no such setting; known are " + new java.util.TreeSet<>(known));
              }
            });
  }

  String text(String field) {
    String text = optionalText(field);
    if (text == null) {
      throw child(field).wrong("absent: expected a text");
    }
    return text;
  }

  @Nullable String optionalText(String field) {
    JsonNode value = node.path(field);
    if (value.isMissingNode() || value.isNull()) {
      return null;
    }
    if (!value.isValueNode() || value.asText().isBlank()) {
      throw child(field).wrong("expected a text, got " + value);
    }
    return value.asText();
  }

  double number(String field, double otherwise, double low, double high) {
    JsonNode value = node.path(field);
    if (value.isMissingNode() || value.isNull()) {
      return otherwise;
    }
    if (!value.isNumber() || value.asDouble() < low || value.asDouble() > high) {
      throw child(field).wrong("expected a number, got " + value);
    }
    return value.asDouble();
  }

  boolean flag(String field) {
    JsonNode value = node.path(field);
    if (!value.isMissingNode() && !value.isBoolean()) {
      throw child(field).wrong("expected true or false, got " + value);
    }
    return value.asBoolean();
  }

  List<Object> scalars(String field) {
    TablePlace place = child(field);
    if (place.node.isMissingNode()) {
      return List.of();
    }
    List<Object> values = new ArrayList<>();
    if (place.node.isArray()) {
      for (int i = 0; i < place.node.size(); i++) {
        values.add(place.child(i).scalar());
      }
    } else {
      values.add(place.scalar());
    }
    return List.copyOf(values);
  }

  Object scalar() {
    if (node.isTextual()) {
      return node.asText();
    }
    if (node.isNumber()) {
      return node.numberValue();
    }
    if (node.isBoolean()) {
      return node.asBoolean();
    }
    throw wrong("expected a text, a number, true or false, got " + node);
  }

  FieldTableException wrong(String reason) {
    JsonPointer at = pointer;
    while (at != null && !lines.containsKey(at)) {
      at = at.head();
    }
    return new FieldTableException(
        at == null ? 0 : lines.getOrDefault(at, 0), name.isEmpty() ? "fields" : name, reason);
  }
}
