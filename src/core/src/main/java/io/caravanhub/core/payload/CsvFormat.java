package io.caravanhub.core.payload;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * CSV text in UTF-8 as an array of objects, one a line. A cell that looks like a number is one; an
 * empty cell is left out.
 *
 * @param columns names, or empty when the first line holds them
 */
record CsvFormat(char delimiter, char decimal, List<String> columns) implements PayloadFormat {
  private static final int ROWS_MAX = 10_000;
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d{1,4})?");

  @Override
  public Object read(byte[] payload) {
    String text = new String(payload, StandardCharsets.UTF_8);
    CSVFormat format =
        CSVFormat.DEFAULT.builder().setDelimiter(delimiter).setIgnoreEmptyLines(true).get();
    List<Object> rows = new ArrayList<>();
    try (CSVParser parser = CSVParser.parse(text, format)) {
      List<String> names = columns;
      for (CSVRecord line : parser) {
        if (names.isEmpty()) {
          names = line.stream().map(String::strip).toList();
        } else {
          rows.add(row(line, names, parser.getCurrentLineNumber()));
        }
        if (rows.size() > ROWS_MAX) {
          throw new PayloadException("the CSV has more than " + ROWS_MAX + " lines");
        }
      }
    } catch (IOException | UncheckedIOException | IllegalStateException e) {
      throw new PayloadException("the payload is not CSV: " + e.getMessage(), e);
    }
    if (rows.isEmpty()) {
      throw new PayloadException("the CSV has no line of values");
    }
    return rows;
  }

  private Map<String, Object> row(CSVRecord line, List<String> names, long number) {
    if (line.size() > names.size()) {
      throw new PayloadException(
          "line " + number + ": expected " + names.size() + " values, got " + line.size());
    }
    Map<String, Object> row = new LinkedHashMap<>();
    for (int i = 0; i < line.size(); i++) {
      String cell = line.get(i).strip();
      if (!cell.isEmpty() && !names.get(i).isEmpty()) {
        row.put(names.get(i), value(cell));
      }
    }
    return row;
  }

  private Object value(String cell) {
    String plain = decimal == '.' ? cell : cell.replace(decimal, '.');
    return NUMBER.matcher(plain).matches() ? Double.valueOf(plain) : cell;
  }
}
