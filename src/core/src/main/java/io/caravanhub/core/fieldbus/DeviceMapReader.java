package io.caravanhub.core.fieldbus;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.caravanhub.core.unit.Units;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads device maps; what is wrong is told by the field's path in the file. */
final class DeviceMapReader {
  private static final YAMLMapper YAML = new YAMLMapper();
  private static final Set<String> MAP_FIELDS =
      Set.of("protocol", "wordOrder", "noValue", "points");
  private static final Set<String> POINT_FIELDS =
      Set.of(
          "metric",
          "unit",
          "scale",
          "offset",
          "values",
          "address",
          "type",
          "table",
          "node",
          "exponent",
          "description");

  private DeviceMapReader() {}

  /**
   * @throws IllegalArgumentException naming the field
   */
  static DeviceMap read(String content) {
    JsonNode root;
    try {
      root = YAML.readTree(content);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not YAML: " + e.getOriginalMessage(), e);
    }
    requireFields("", root, MAP_FIELDS);
    String protocol = oneOf(root, "protocol", null, "modbus-tcp", "opcua");
    boolean little = oneOf(root, "wordOrder", "big", "big", "little").equals("little");
    Map<RegisterType, String> noValues = noValues(root.path("noValue"));
    List<DevicePoint> points = new ArrayList<>();
    Set<String> metrics = new HashSet<>();
    for (int i = 0; i < root.path("points").size(); i++) {
      String path = "points[" + i + "]";
      try {
        DevicePoint point = point(root.path("points").get(i), protocol, noValues);
        if (!metrics.add(point.metric())) {
          throw new IllegalArgumentException("metric: " + point.metric() + " is listed twice");
        }
        points.add(point);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(path + "." + e.getMessage(), e);
      }
    }
    if (points.isEmpty()) {
      throw new IllegalArgumentException("points: expected at least one");
    }
    return new DeviceMap(protocol, little, List.copyOf(points));
  }

  private static DevicePoint point(
      JsonNode node, String protocol, Map<RegisterType, String> noValues) {
    requireFields("point", node, POINT_FIELDS);
    String unit = node.hasNonNull("unit") ? text(node, "unit") : null;
    if (unit != null && !Units.isKnown(unit)) {
      throw new IllegalArgumentException("unit: unknown unit \"" + unit + "\"");
    }
    boolean modbus = protocol.equals("modbus-tcp");
    Register register = modbus ? register(node) : null;
    return new DevicePoint(
        text(node, "metric"),
        unit,
        number(node, "scale", 1),
        number(node, "offset", 0),
        states(node.path("values")),
        register,
        modbus ? null : text(node, "node"),
        register == null || !node.has("exponent") ? null : exponent(node, register),
        register == null ? null : noValues.get(register.type()));
  }

  private static Register exponent(JsonNode node, Register scaled) {
    return new Register(scaled.table(), address(node, "exponent"), RegisterType.INT16);
  }

  private static Map<RegisterType, String> noValues(JsonNode node) {
    Map<RegisterType, String> values = new EnumMap<>(RegisterType.class);
    for (Map.Entry<String, JsonNode> value : node.properties()) {
      try {
        RegisterType type = RegisterType.valueOf(value.getKey().toUpperCase(Locale.ROOT));
        values.put(type, type.number(value.getValue().asText()).toString());
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "noValue: expected an integer type and its number, as in {int16: 0x8000}, got "
                + value.getKey()
                + ": "
                + value.getValue(),
            e);
      }
    }
    return values;
  }

  private static Register register(JsonNode node) {
    int address = address(node, "address");
    String[] types = new String[RegisterType.values().length];
    for (RegisterType type : RegisterType.values()) {
      types[type.ordinal()] = type.name().toLowerCase(Locale.ROOT);
    }
    String type = oneOf(node, "type", null, types);
    String table = oneOf(node, "table", "holding", "holding", "input");
    return new Register(
        Register.Table.valueOf(table.toUpperCase(Locale.ROOT)),
        address,
        RegisterType.valueOf(type.toUpperCase(Locale.ROOT)));
  }

  private static int address(JsonNode node, String field) {
    JsonNode address = node.path(field);
    if (!address.isIntegralNumber() || address.asInt() < 0 || address.asInt() > 0xFFFF) {
      throw new IllegalArgumentException(field + ": expected 0 to 65535, got " + shown(address));
    }
    return address.asInt();
  }

  private static Map<String, String> states(JsonNode values) {
    Map<String, String> states = new LinkedHashMap<>();
    values.properties().forEach(state -> states.put(state.getKey(), state.getValue().asText()));
    return Map.copyOf(states);
  }

  private static void requireFields(String what, JsonNode node, Set<String> known) {
    if (!node.isObject()) {
      throw new IllegalArgumentException(what + " expected fields, got " + node);
    }
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      if (!known.contains(field.getKey())) {
        throw new IllegalArgumentException(field.getKey() + ": there is no such field");
      }
    }
  }

  private static String text(JsonNode node, String field) {
    String text = node.path(field).asText("");
    if (text.isBlank()) {
      throw new IllegalArgumentException(field + ": expected a text");
    }
    return text;
  }

  private static double number(JsonNode node, String field, double fallback) {
    JsonNode number = node.path(field);
    if (number.isMissingNode()) {
      return fallback;
    }
    if (!number.isNumber()) {
      throw new IllegalArgumentException(field + ": expected a number, got " + number);
    }
    return number.asDouble();
  }

  private static String oneOf(
      JsonNode node, String field, @Nullable String fallback, String... choices) {
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

  private static String shown(JsonNode node) {
    return node.isMissingNode() ? "nothing" : node.toString();
  }
}
