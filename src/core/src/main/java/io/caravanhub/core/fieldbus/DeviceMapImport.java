package io.caravanhub.core.fieldbus;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Brings a list of tags, as CSV or JSON, into a device map. Nothing is written: the report says
 * what would become of each tag, and holds the map as it would be. A tag that is wrong is told with
 * its line and left out, the others go on.
 */
public final class DeviceMapImport {
  /** Most tags of a list, and most points of a map that gets some. */
  public static final int MOST = 5_000;

  private static final YAMLMapper YAML = new YAMLMapper();

  private DeviceMapImport() {}

  /** What happens to a tag whose metric the map has already. */
  public enum Conflict {
    /** The map's point stays. */
    SKIP,
    /** The tag takes its place. */
    OVERWRITE,
    /** The tag is added under another name, with a number. */
    RENAME,
    /** Nothing at all is imported. */
    FAIL,
    /** The fields of the tag are laid over those of the point. */
    MERGE
  }

  /** What became of a tag. */
  public enum Outcome {
    ADDED,
    CHANGED,
    SAME,
    SKIPPED,
    RENAMED,
    WRONG
  }

  /**
   * One tag of the list.
   *
   * @param line where it is
   * @param metric its metric, or an empty text
   * @param outcome what became of it
   * @param detail why, or the new name; else empty
   */
  public record Row(int line, String metric, Outcome outcome, String detail) {}

  /**
   * What an import does.
   *
   * @param rows the tags, in their order
   * @param ignored columns that are no fields of a point
   * @param map the map as it would be, or null when it would not be written: nothing changes, or a
   *     conflict or a mistake forbids it
   * @param refusal why it would not be written at all, or null
   */
  public record Report(
      List<Row> rows, Set<String> ignored, @Nullable String map, @Nullable String refusal) {
    /** How many tags had this outcome. */
    public long count(Outcome outcome) {
      return rows.stream().filter(row -> row.outcome() == outcome).count();
    }

    /** A line for each tag, and one for all. */
    public String text() {
      StringBuilder text = new StringBuilder();
      for (Row row : rows) {
        text.append(
            String.format(
                Locale.ROOT,
                "line %-5d %-28s %s%s%n",
                row.line,
                row.metric,
                row.outcome.name().toLowerCase(Locale.ROOT),
                row.detail.isEmpty() ? "" : ": " + row.detail));
      }
      ignored.forEach(column -> text.append("column ").append(column).append(" is not used\n"));
      List<String> counts = new ArrayList<>();
      for (Outcome outcome : Outcome.values()) {
        counts.add(count(outcome) + " " + outcome.name().toLowerCase(Locale.ROOT));
      }
      return text.append(String.join(", ", counts)).append('\n').toString();
    }
  }

  /**
   * Works out an import.
   *
   * @param tags the list: CSV with a line of column names, or JSON, an array of points or a map
   * @param json whether it is JSON
   * @param map the map so far, or null for a new one
   * @param protocol of a new map
   * @throws IllegalArgumentException when list or map cannot be read at all
   */
  public static Report run(
      String tags, boolean json, @Nullable String map, String protocol, Conflict conflict) {
    JsonNode old = map == null ? newMap(protocol) : tree("map", map);
    FieldbusProtocol known = FieldbusProtocols.get(MapFields.text(old, "protocol"));
    Set<String> fields = DeviceMapReader.pointFields(known);
    TagList list = json ? TagList.json(tags, fields) : TagList.csv(tags, fields);
    requireFew("the list", list.tags().size(), "tags: divide it");
    requireFew("the map", old.path("points").size(), "points: divide it");
    Work work = new Work(old, known, conflict);
    list.tags().forEach(work::add);
    return work.report(list.ignored(), map == null ? "" : map);
  }

  private static void requireFew(String what, int count, String unit) {
    if (count > MOST) {
      throw new IllegalArgumentException(
          "%s has %d %s, at most %d are taken".formatted(what, count, unit, MOST));
    }
  }

  private static JsonNode newMap(String protocol) {
    return YAML.createObjectNode().put("protocol", protocol);
  }

  static JsonNode tree(String what, String text) {
    try {
      return YAML.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          what
              + ": not readable at line "
              + e.getLocation().getLineNr()
              + ": "
              + e.getOriginalMessage(),
          e);
    }
  }

  /** One import under way. */
  private static final class Work {
    private final JsonNode head;
    private final FieldbusProtocol protocol;
    private final Conflict conflict;
    private final Map<String, ObjectNode> points = new LinkedHashMap<>();
    private final List<Row> rows = new ArrayList<>();
    private final Set<String> fields;
    private final Map<String, Integer> numbers = new HashMap<>();
    // Has read all points there are; null until one is wanted.
    private FieldbusProtocol.@Nullable PlaceReader places;
    private boolean conflicts;

    Work(JsonNode head, FieldbusProtocol protocol, Conflict conflict) {
      this.head = head;
      this.protocol = protocol;
      this.conflict = conflict;
      this.fields = DeviceMapReader.pointFields(protocol);
      if (head.path("points") instanceof ArrayNode old) {
        for (JsonNode point : old) {
          if (!(point instanceof ObjectNode known)) {
            throw new IllegalArgumentException("the map: points: expected fields, got " + point);
          }
          points.put(known.path("metric").asText(), known);
        }
      }
    }

    void add(TagList.Tag tag) {
      String metric = tag.point().path("metric").asText("");
      if (tag.problem() != null || metric.isBlank()) {
        row(
            tag,
            metric,
            Outcome.WRONG,
            tag.problem() == null ? "metric: is absent" : tag.problem());
        return;
      }
      ObjectNode old = points.get(metric);
      if (old == null) {
        put(tag, metric, tag.point(), Outcome.ADDED, "");
        return;
      }
      switch (conflict) {
        case SKIP -> row(tag, metric, Outcome.SKIPPED, "the map has it already");
        case FAIL -> {
          conflicts = true;
          row(tag, metric, Outcome.WRONG, "the map has it already");
        }
        case OVERWRITE -> change(tag, metric, old, tag.point());
        case MERGE -> {
          ObjectNode merged = old.deepCopy();
          merged.setAll(tag.point());
          change(tag, metric, old, merged);
        }
        case RENAME -> {
          int number = numbers.getOrDefault(metric, 2);
          while (points.containsKey(metric + "_" + number)) {
            number++;
          }
          numbers.put(metric, number);
          String free = metric + "_" + number;
          put(tag, free, tag.point().deepCopy().put("metric", free), Outcome.RENAMED, "to " + free);
        }
      }
    }

    private void change(TagList.Tag tag, String metric, ObjectNode old, ObjectNode now) {
      if (now.equals(old)) {
        row(tag, metric, Outcome.SAME, "");
      } else {
        put(tag, metric, now, Outcome.CHANGED, "");
      }
    }

    private void put(
        TagList.Tag tag, String metric, ObjectNode point, Outcome outcome, String detail) {
      String problem = problem(point, points.get(metric));
      if (problem == null) {
        points.put(metric, point);
        row(tag, tag.point().path("metric").asText(), outcome, detail);
      } else {
        row(tag, metric, Outcome.WRONG, problem);
      }
    }

    // The point is read after those it could overlap, so that the blame falls on it.
    private @Nullable String problem(ObjectNode point, @Nullable ObjectNode before) {
      FieldbusProtocol.PlaceReader others = places();
      if (before != null) {
        others.release(before);
      }
      try {
        DeviceMapReader.point(point, fields, others);
        return null;
      } catch (IllegalArgumentException e) {
        if (before != null) {
          DeviceMapReader.point(before, fields, others);
        }
        return e.getMessage();
      }
    }

    private FieldbusProtocol.PlaceReader places() {
      FieldbusProtocol.PlaceReader known = places;
      if (known == null) {
        known = protocol.places(head);
        for (ObjectNode point : points.values()) {
          DeviceMapReader.point(point, fields, known);
        }
        places = known;
      }
      return known;
    }

    private void row(TagList.Tag tag, String metric, Outcome outcome, @Nullable String detail) {
      rows.add(new Row(tag.line(), metric, outcome, detail == null ? "" : detail));
    }

    Report report(Set<String> ignored, String old) {
      boolean news =
          rows.stream()
              .map(Row::outcome)
              .anyMatch(Set.of(Outcome.ADDED, Outcome.CHANGED, Outcome.RENAMED)::contains);
      String refusal = conflicts ? "the map has some of the tags already" : null;
      List<String> comments = old.lines().takeWhile(line -> line.startsWith("#")).toList();
      return new Report(
          List.copyOf(rows),
          ignored,
          news && refusal == null
              ? MapText.write(comments, head, List.copyOf(points.values()))
              : null,
          refusal);
    }
  }
}
