package io.caravanhub.core.detect;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * The readings of a CSV file, one after the other. The first line holds the names; the delimiter is
 * whichever of comma, semicolon and tab that line has most of. An empty cell, {@code NaN} or {@code
 * null} is a missing value.
 */
public final class CsvSeries implements AutoCloseable {
  /**
   * One row.
   *
   * @param time as it is written
   * @param values in the order of the columns asked for, NaN where there is none
   */
  public record Row(String time, long epochMillis, double[] values) {}

  private static final int NAMES_MAX = 1 << 16;

  private final CSVParser parser;
  private final Iterator<CSVRecord> records;
  private final CsvColumns columns;
  private final int time;
  private final int[] values;
  private final int width;

  /**
   * Reads the names.
   *
   * @param file must support {@link Reader#mark}
   * @throws CsvException when a column is not there
   */
  public CsvSeries(Reader file, CsvColumns columns) throws IOException {
    this.columns = columns;
    this.parser =
        CSVParser.parse(
            file,
            CSVFormat.DEFAULT
                .builder()
                .setDelimiter(delimiter(file))
                .setHeader()
                .setSkipHeaderRecord(true)
                .setAllowMissingColumnNames(true)
                .setIgnoreEmptyLines(true)
                .setTrim(true)
                .get());
    Map<String, Integer> names = parser.getHeaderMap();
    if (names == null || names.isEmpty()) {
      throw new CsvException("line 1: expected the names of the columns, got nothing");
    }
    this.width = parser.getHeaderNames().size();
    this.time = index(names, columns.time());
    this.values = columns.values().stream().mapToInt(name -> index(names, name)).toArray();
    this.records = parser.iterator();
  }

  private static char delimiter(Reader file) throws IOException {
    file.mark(NAMES_MAX);
    int first = file.read();
    if (first != '\uFEFF') {
      file.reset();
      file.mark(NAMES_MAX);
    } else {
      file.mark(NAMES_MAX);
    }
    int[] counts = new int[3];
    String candidates = ",;\t";
    for (int i = 0, c = file.read(); i < NAMES_MAX - 1 && c >= 0 && c != '\n'; i++) {
      int which = candidates.indexOf(c);
      if (which >= 0) {
        counts[which]++;
      }
      c = file.read();
    }
    file.reset();
    int most = 0;
    for (int i = 1; i < counts.length; i++) {
      most = counts[i] > counts[most] ? i : most;
    }
    return candidates.charAt(most);
  }

  private static int index(Map<String, Integer> names, String name) {
    Integer index = names.get(name);
    if (index == null) {
      throw new CsvException(
          "line 1: no column \"" + name + "\"; there are " + String.join(", ", names.keySet()));
    }
    return index;
  }

  /** Whether there is another row. */
  public boolean hasNext() {
    try {
      return records.hasNext();
    } catch (UncheckedIOException | IllegalStateException e) {
      throw broken(e);
    }
  }

  /**
   * The next row.
   *
   * @throws CsvException when a cell is not what its column holds
   */
  public Row next() {
    CSVRecord line;
    try {
      line = records.next();
    } catch (UncheckedIOException | IllegalStateException e) {
      throw broken(e);
    }
    if (line.size() != width) {
      throw new CsvException(
          "line %d: expected %d columns, got %d"
              .formatted(parser.getCurrentLineNumber(), width, line.size()));
    }
    String at = line.get(time);
    OptionalLong millis = CsvTime.epochMillis(at);
    if (millis.isEmpty()) {
      throw wrong(columns.time(), "a time like 2026-11-01 12:00:00 or seconds since 1970", at);
    }
    double[] numbers = new double[values.length];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = number(columns.values().get(i), line.get(values[i]));
    }
    return new Row(at, millis.getAsLong(), numbers);
  }

  private double number(String column, String cell) {
    if (cell.isEmpty() || List.of("nan", "null").contains(cell.toLowerCase(Locale.ROOT))) {
      return Double.NaN;
    }
    try {
      return Double.parseDouble(cell);
    } catch (NumberFormatException e) {
      throw wrong(column, "a number", cell);
    }
  }

  private CsvException wrong(String column, String expected, String got) {
    String shown = got.length() > 60 ? got.substring(0, 60) + "…" : got;
    return new CsvException(
        "line %d, column \"%s\": expected %s, got \"%s\""
            .formatted(parser.getCurrentLineNumber(), column, expected, shown));
  }

  private CsvException broken(RuntimeException e) {
    return new CsvException(
        "line " + (parser.getCurrentLineNumber() + 1) + ": not CSV: " + e.getMessage(), e);
  }

  /** All rows, for short files. */
  public List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    while (hasNext()) {
      rows.add(next());
    }
    return rows;
  }

  @Override
  public void close() throws IOException {
    parser.close();
  }
}
