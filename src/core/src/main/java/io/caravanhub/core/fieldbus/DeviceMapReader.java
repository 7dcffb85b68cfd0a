package io.caravanhub.core.fieldbus;

import static io.caravanhub.core.fieldbus.MapFields.number;
import static io.caravanhub.core.fieldbus.MapFields.requireFields;
import static io.caravanhub.core.fieldbus.MapFields.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.caravanhub.core.fieldbus.FieldbusProtocol.PlaceReader;
import io.caravanhub.core.unit.Units;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads device maps; what is wrong is told by the field's path in the file. */
final class DeviceMapReader {
  private static final YAMLMapper YAML = new YAMLMapper();
  private static final Set<String> MAP_FIELDS = Set.of("protocol", "points");
  private static final Set<String> POINT_FIELDS =
      Set.of("metric", "unit", "scale", "offset", "values", "description");

  private DeviceMapReader() {}

  /**
   * @throws IllegalArgumentException naming the field
   */
  static DeviceMap read(String content) {
    JsonNode root;
    try {
      root = YAML.readTree(content);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          "not YAML at line " + e.getLocation().getLineNr() + ": " + e.getOriginalMessage(), e);
    }
    FieldbusProtocol protocol = FieldbusProtocols.get(text(root, "protocol"));
    requireFields("", root, both(MAP_FIELDS, protocol.mapFields()));
    PlaceReader places = protocol.places(root);
    Set<String> pointFields = pointFields(protocol);
    if (root.has("points") && !root.get("points").isArray()) {
      throw new IllegalArgumentException("points: expected a list, each item a point");
    }
    List<DevicePoint> points = new ArrayList<>();
    Set<String> metrics = new HashSet<>();
    for (int i = 0; i < root.path("points").size(); i++) {
      String path = "points[" + i + "]";
      try {
        DevicePoint point = point(root.path("points").get(i), pointFields, places);
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
    return new DeviceMap(protocol.name(), List.copyOf(points));
  }

  /** All fields that a point of the protocol may have. */
  static Set<String> pointFields(FieldbusProtocol protocol) {
    return both(both(POINT_FIELDS, PointSampling.FIELDS), protocol.pointFields());
  }

  /**
   * @throws IllegalArgumentException naming the field of the point
   */
  static DevicePoint point(JsonNode node, Set<String> fields, PlaceReader places) {
    requireFields("point", node, fields);
    String unit = node.hasNonNull("unit") ? text(node, "unit") : null;
    if (unit != null && !Units.isKnown(unit)) {
      throw new IllegalArgumentException("unit: unknown unit \"" + unit + "\"");
    }
    String metric = text(node, "metric");
    double scale = scale(node);
    double offset = number(node, "offset", 0);
    PointSampling sampling = PointSampling.read(node);
    // What cannot be used takes no place from others.
    PointPlace place = places.place(node);
    return new DevicePoint(
        metric, unit, scale, offset, states(node.path("values")), place, sampling);
  }

  private static double scale(JsonNode point) {
    double scale = number(point, "scale", 1);
    if (scale == 0 || !Double.isFinite(scale)) {
      throw new IllegalArgumentException(
          "scale: expected a number other than 0, got " + point.path("scale"));
    }
    return scale;
  }

  private static Set<String> both(Set<String> common, Set<String> own) {
    Set<String> all = new HashSet<>(common);
    all.addAll(own);
    return all;
  }

  private static Map<String, String> states(JsonNode values) {
    Map<String, String> states = new LinkedHashMap<>();
    values.properties().forEach(state -> states.put(state.getKey(), state.getValue().asText()));
    return Map.copyOf(states);
  }
}
