package io.caravanhub.core.fieldbus;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/**
 * Tags as somebody listed them, each as a point of a device map.
 *
 * @param tags in their order
 * @param ignored columns that are no fields of a point
 */
record TagList(List<Tag> tags, Set<String> ignored) {
  private static final Set<String> NUMBERS =
      Set.of(
          "address",
          "covIncrement",
          "deadbandPercent",
          "index",
          "length",
          "priority",
          "queue",
          "exponent",
          "bit",
          "heartbeat",
          "scale",
          "offset",
          "deadband",
          "min",
          "max");
  private static final Set<String> FLAGS = Set.of("cov", "writable", "overlay");
  private static final Set<String> MAPS = Set.of("values", "flags");
  private static final Map<String, String> ALIASES =
      Map.of("name", "metric", "tag", "metric", "register", "address", "units", "unit");
  private static final String REFERENCE = "reference";
  private static final int LONGEST_NUMBER = 100;

  /**
   * @param line where it is in the list
   * @param problem why it cannot be read, or null
   */
  record Tag(int line, ObjectNode point, @Nullable String problem) {}

  /**
   * CSV with a line of column names: the fields of a point; {@code reference} instead of an address
   * counts from 40001, 30001, 10001 or 1; states are written {@code 0=off;1=on}.
   */
  static TagList csv(String list, Set<String> fields) {
    String text = withoutMark(list);
    CSVFormat format =
        CSVFormat.DEFAULT
            .builder()
            .setHeader()
            .setSkipHeaderRecord(true)
            .setTrim(true)
            .setIgnoreEmptyLines(true)
            .setDelimiter(delimiter(text))
            .get();
    try (CSVParser parser = CSVParser.parse(text, format)) {
      Set<String> ignored = new LinkedHashSet<>();
      boolean named = false;
      for (String column : parser.getHeaderNames()) {
        String field = field(column);
        named |= field.equals("metric");
        if (!fields.contains(field) && !field.equals(REFERENCE)) {
          ignored.add(column);
        }
      }
      if (!named) {
        throw new IllegalArgumentException(
            "line 1: expected the names of columns, with metric among them, got "
                + parser.getHeaderNames());
      }
      List<Tag> tags = new ArrayList<>();
      for (CSVRecord row : parser) {
        tags.add(tag((int) parser.getCurrentLineNumber(), row, ignored));
      }
      return new TagList(tags, ignored);
    } catch (IOException e) {
      throw new IllegalArgumentException("not CSV: " + e.getMessage(), e);
    }
  }

  // Excel puts a byte order mark before its UTF-8.
  private static String withoutMark(String text) {
    return text.startsWith("\uFEFF") ? text.substring(1) : text;
  }

  private static String delimiter(String text) {
    String header = text.lines().findFirst().orElse("");
    return header.contains(";") && !header.contains(",") ? ";" : ",";
  }

  private static String field(String column) {
    String name = column.strip();
    String lower = name.toLowerCase(Locale.ROOT);
    return ALIASES.getOrDefault(lower, lower.equals(name) ? name : camel(name));
  }

  private static String camel(String name) {
    return name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1);
  }

  private static Tag tag(int line, CSVRecord row, Set<String> ignored) {
    ObjectNode point = JsonNodeFactory.instance.objectNode();
    String problem = null;
    for (Map.Entry<String, String> cell : row.toMap().entrySet()) {
      if (!cell.getValue().isEmpty() && !ignored.contains(cell.getKey())) {
        try {
          put(point, field(cell.getKey()), cell.getValue());
        } catch (IllegalArgumentException e) {
          problem = e.getMessage();
        }
      }
    }
    return new Tag(line, point, problem);
  }

  private static void put(ObjectNode point, String field, String cell) {
    if (field.equals(REFERENCE)) {
      reference(point, cell);
    } else if (NUMBERS.contains(field)) {
      point.set(field, number(field, cell));
    } else if (FLAGS.contains(field)) {
      point.put(field, Boolean.parseBoolean(cell) || cell.equals("1"));
    } else if (MAPS.contains(field)) {
      ObjectNode map = point.putObject(field);
      for (String pair : cell.split(";")) {
        int equals = pair.indexOf('=');
        if (equals < 1) {
          throw new IllegalArgumentException(field + ": expected 0=off;1=on, got " + cell);
        }
        map.put(pair.substring(0, equals).strip(), pair.substring(equals + 1).strip());
      }
    } else {
      point.put(field, cell);
    }
  }

  private static JsonNode number(String field, String cell) {
    if (cell.length() > LONGEST_NUMBER) {
      throw new IllegalArgumentException(
          field + ": expected a number, got " + cell.length() + " characters");
    }
    try {
      if (cell.startsWith("0x")) {
        return JsonNodeFactory.instance.numberNode(Integer.decode(cell));
      }
      BigDecimal number = new BigDecimal(cell);
      return number.stripTrailingZeros().scale() <= 0
          ? JsonNodeFactory.instance.numberNode(number.intValueExact())
          : JsonNodeFactory.instance.numberNode(number);
    } catch (NumberFormatException | ArithmeticException e) {
      throw new IllegalArgumentException(field + ": expected a number, got " + cell, e);
    }
  }

  // The five or six digits of data sheets: the table, then the register from 1 on.
  private static void reference(ObjectNode point, String cell) {
    if (!cell.matches("[0134]\\d{4,5}")) {
      throw new IllegalArgumentException("reference: expected 40001 or the like, got " + cell);
    }
    point.put("address", Integer.parseInt(cell.substring(1)) - 1);
    switch (cell.charAt(0)) {
      case '0' -> point.put("table", "coil");
      case '1' -> point.put("table", "discrete");
      case '3' -> point.put("table", "input");
      default -> point.put("table", "holding");
    }
  }

  /** JSON: an array of points, or a map with its points. */
  static TagList json(String list, Set<String> fields) {
    String text = withoutMark(list);
    JsonNode root = DeviceMapImport.tree("list", text);
    boolean array = root.isArray();
    JsonNode points = array ? root : root.path("points");
    if (!points.isArray()) {
      throw new IllegalArgumentException("expected an array of points, or a map with points");
    }
    MapLines lines = MapLines.of(text);
    List<Tag> tags = new ArrayList<>();
    Set<String> ignored = new LinkedHashSet<>();
    for (int i = 0; i < points.size(); i++) {
      int line = lines.line((array ? "" : "points") + "[" + i + "]");
      if (points.get(i) instanceof ObjectNode point) {
        ObjectNode known = JsonNodeFactory.instance.objectNode();
        for (Map.Entry<String, JsonNode> field : point.properties()) {
          String name = ALIASES.getOrDefault(field.getKey(), field.getKey());
          if (fields.contains(name)) {
            known.set(name, field.getValue());
          } else {
            ignored.add(field.getKey());
          }
        }
        tags.add(new Tag(line, known, null));
      } else {
        tags.add(
            new Tag(
                line,
                JsonNodeFactory.instance.objectNode(),
                "expected fields, got " + points.get(i)));
      }
    }
    return new TagList(tags, ignored);
  }
}
