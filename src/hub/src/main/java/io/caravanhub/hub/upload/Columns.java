package io.caravanhub.hub.upload;

import io.caravanhub.core.telemetry.UnusableMessageException;
import io.caravanhub.hub.api.ProblemException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/**
 * What the columns of a file are. Long form: {@code device_id, timestamp, metric, value} and
 * optionally {@code unit} and {@code quality}. Wide form: {@code device_id, timestamp} and a column
 * for each metric, its unit in brackets: {@code supply_air_temp[Cel]}. Immutable.
 *
 * @param device index of the column, or -1 when the file has none
 * @param metrics the wide form's; empty for the long form
 */
record Columns(
    int device, int timestamp, int metric, int value, int unit, int quality, List<Wide> metrics) {
  private static final Pattern WITH_UNIT = Pattern.compile("(.+?)\\s*\\[(.*)]");

  /** A metric's column of the wide form. */
  record Wide(int index, String header, String metric, @Nullable String unit) {}

  /** One value as its row gives it. */
  record Cell(String column, String metric, String text, @Nullable String unit, String quality) {}

  static Columns of(List<String> headers) {
    List<String> names = headers.stream().map(String::strip).toList();
    Set<String> seen = new HashSet<>();
    for (String name : names) {
      if (!name.isEmpty() && !seen.add(name)) {
        throw wrong("the column \"" + name + "\" is there twice");
      }
    }
    int device = Math.max(names.indexOf("device_id"), names.indexOf("deviceId"));
    int timestamp = names.indexOf("timestamp");
    if (timestamp < 0) {
      throw wrong("expected a column timestamp, got " + shown(names));
    }
    int metric = names.indexOf("metric");
    int value = names.indexOf("value");
    if (metric >= 0 && value >= 0) {
      return new Columns(
          device,
          timestamp,
          metric,
          value,
          names.indexOf("unit"),
          names.indexOf("quality"),
          List.of());
    }
    List<Wide> wide = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      if (i != device && i != timestamp && !names.get(i).isEmpty()) {
        Matcher unit = WITH_UNIT.matcher(names.get(i));
        wide.add(
            unit.matches()
                ? new Wide(i, names.get(i), unit.group(1), unit.group(2).strip())
                : new Wide(i, names.get(i), names.get(i), null));
      }
    }
    if (wide.isEmpty()) {
      throw wrong("expected columns metric and value, or one for each metric, got " + shown(names));
    }
    return new Columns(device, timestamp, -1, -1, -1, -1, wide);
  }

  private static String shown(List<String> names) {
    String all = String.join(", ", names);
    return all.length() > 200 ? all.substring(0, 200) + " …" : all;
  }

  private static ProblemException wrong(String detail) {
    return ProblemException.badField("line 1", detail);
  }

  /** The values of a row; empty cells of the wide form are none. */
  List<Cell> cells(CSVRecord row) {
    if (metrics.isEmpty()) {
      return List.of(
          new Cell(
              "value",
              require(row, metric, "metric"),
              require(row, value, "value"),
              text(row, unit),
              quality < 0 ? "" : String.valueOf(text(row, quality))));
    }
    List<Cell> cells = new ArrayList<>(metrics.size());
    for (Wide column : metrics) {
      String text = text(row, column.index());
      if (text != null) {
        cells.add(new Cell(column.header(), column.metric(), text, column.unit(), ""));
      }
    }
    if (cells.isEmpty()) {
      throw new UnusableMessageException(
          metrics.get(0).header(), "absent: expected at least one value in the row");
    }
    return cells;
  }

  String require(CSVRecord row, int index, String column) {
    String text = text(row, index);
    if (text == null) {
      throw new UnusableMessageException(column, "absent: expected a value in this column");
    }
    return text;
  }

  @Nullable String text(CSVRecord row, int index) {
    if (index < 0 || index >= row.size()) {
      return null;
    }
    String text = row.get(index).strip();
    return text.isEmpty() ? null : text;
  }

  /** The column behind a field of the canonical shape, {@code measurements[1].value}. */
  String column(String field, List<Cell> cells) {
    if (field.startsWith("measurements[")) {
      int end = field.indexOf(']');
      Cell cell = cells.get(Integer.parseInt(field.substring(13, end)));
      String part = field.substring(end + 1);
      if (!metrics.isEmpty()) {
        return cell.column();
      }
      return part.equals(".unit")
          ? "unit"
          : part.equals(".quality") ? "quality" : part.equals(".value") ? "value" : "metric";
    }
    return field;
  }

  /** A cell as an item of the canonical shape. */
  static Map<String, Object> measurement(Cell cell, Object value) {
    Map<String, Object> item = new LinkedHashMap<>();
    item.put("name", cell.metric());
    item.put("value", value);
    if (cell.unit() != null) {
      item.put("unit", cell.unit());
    }
    if (!cell.quality().isEmpty() && !cell.quality().equals("null")) {
      item.put("quality", cell.quality());
    }
    return item;
  }
}
