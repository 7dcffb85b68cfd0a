package io.caravanhub.core.fieldbus;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A device map as people read and edit it: all that is wrong with it, not the first mistake alone.
 * Immutable as long as nobody changes its trees.
 *
 * @param protocol name of the protocol, or null when the text names none that is known
 * @param head the map's fields without its points, or null when the text is no map
 * @param points in the file's order
 * @param problems what is wrong; a map can be used when there is nothing
 */
public record DeviceMapDocument(
    @Nullable String protocol,
    @Nullable ObjectNode head,
    List<Point> points,
    List<Problem> problems) {
  private static final YAMLMapper YAML = new YAMLMapper();
  private static final String POINTS = "points";
  private static final Pattern FIELD =
      Pattern.compile(
          "((?:[A-Za-z]\\w*+|\\[\\d+])(?:\\.?(?:[A-Za-z]\\w*+|\\[\\d+]))*+): (.+)", Pattern.DOTALL);

  /**
   * A point as it is written.
   *
   * @param line where it begins
   */
  public record Point(int line, ObjectNode fields) {}

  /**
   * What is wrong.
   *
   * @param field its path, as in {@code points[2].unit}, or null when no field is to blame
   * @param line where it is, from 1, or 0 when no line is to blame
   */
  public record Problem(@Nullable String field, int line, String detail) {
    /** {@code line 5: points[1].unit: …}. */
    public String text() {
      return (line == 0 ? "" : "line " + line + ": ")
          + (field == null ? "" : field + ": ")
          + detail;
    }
  }

  /** Takes a text apart; never throws. */
  public static DeviceMapDocument read(String text) {
    JsonNode root;
    try {
      root = YAML.readTree(text);
    } catch (JsonProcessingException e) {
      int line = e.getLocation() == null ? 0 : Math.max(e.getLocation().getLineNr(), 0);
      String why = e.getOriginalMessage().lines().findFirst().orElse("");
      return new DeviceMapDocument(
          null, null, List.of(), List.of(new Problem(null, line, "not YAML: " + why)));
    }
    return new Reader(MapLines.of(text)).read(root);
  }

  /**
   * The text of a map whose fields were changed: a point a line, with the comments that the text so
   * far begins with.
   *
   * @param map as {@link #head()}, with {@code points}, an array of objects
   * @throws IllegalArgumentException naming the field
   */
  public static String write(String before, JsonNode map) {
    List<JsonNode> points = new ArrayList<>();
    for (JsonNode point : map.path(POINTS)) {
      if (!point.isObject()) {
        throw new IllegalArgumentException(POINTS + ": expected objects, got " + point);
      }
      points.add(point);
    }
    return MapText.write(
        before.lines().takeWhile(line -> line.startsWith("#")).toList(), map, points);
  }

  private static final class Reader {
    private final MapLines lines;
    private final List<Point> points = new ArrayList<>();
    private final List<Problem> problems = new ArrayList<>();

    Reader(MapLines lines) {
      this.lines = lines;
    }

    DeviceMapDocument read(@Nullable JsonNode root) {
      if (!(root instanceof ObjectNode map)) {
        problems.add(new Problem(null, 0, "expected fields, protocol and points among them"));
        return new DeviceMapDocument(null, null, List.of(), problems);
      }
      FieldbusProtocol protocol = head(map);
      FieldbusProtocol.PlaceReader places = protocol == null ? null : places(protocol, map);
      Set<String> metrics = new HashSet<>();
      for (int i = 0; i < map.path(POINTS).size(); i++) {
        point(map.path(POINTS).get(i), i, protocol, places, metrics);
      }
      if (points.isEmpty() && problems.isEmpty()) {
        problems.add(new Problem(POINTS, lines.line(POINTS), "expected at least one"));
      }
      ObjectNode head = map.deepCopy();
      head.remove(POINTS);
      return new DeviceMapDocument(
          protocol == null ? null : protocol.name(),
          head,
          List.copyOf(points),
          List.copyOf(problems));
    }

    private @Nullable FieldbusProtocol head(ObjectNode map) {
      FieldbusProtocol protocol = null;
      try {
        protocol = FieldbusProtocols.get(MapFields.text(map, "protocol"));
        Set<String> known = new HashSet<>(protocol.mapFields());
        known.addAll(Set.of("protocol", POINTS));
        MapFields.requireFields("", map, known);
      } catch (IllegalArgumentException e) {
        wrong("", e);
      }
      return protocol;
    }

    private FieldbusProtocol.@Nullable PlaceReader places(FieldbusProtocol protocol, JsonNode map) {
      try {
        return protocol.places(map);
      } catch (IllegalArgumentException e) {
        wrong("", e);
        return null;
      }
    }

    private void point(
        JsonNode point,
        int index,
        @Nullable FieldbusProtocol protocol,
        FieldbusProtocol.@Nullable PlaceReader places,
        Set<String> metrics) {
      String path = POINTS + "[" + index + "]";
      points.add(
          new Point(
              lines.line(path),
              point instanceof ObjectNode fields ? fields : JsonNodeFactory.instance.objectNode()));
      if (protocol == null || places == null) {
        return;
      }
      try {
        DevicePoint read =
            DeviceMapReader.point(point, DeviceMapReader.pointFields(protocol), places);
        if (!metrics.add(read.metric())) {
          throw new IllegalArgumentException("metric: " + read.metric() + " is listed twice");
        }
      } catch (IllegalArgumentException e) {
        wrong(path + ".", e);
      }
    }

    private void wrong(String path, IllegalArgumentException e) {
      String told = path + e.getMessage();
      Matcher field = FIELD.matcher(told);
      String at = lines.at(told);
      int line = at.isEmpty() ? 0 : Integer.parseInt(at.substring(1));
      problems.add(
          field.matches()
              ? new Problem(field.group(1), line, field.group(2))
              : new Problem(null, line, told));
    }
  }
}
