package io.caravanhub.core.drop;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.caravanhub.core.payload.BoundedText;
import io.caravanhub.core.payload.CsvHead;
import io.caravanhub.core.payload.PayloadException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Pattern;
import org.apache.commons.csv.CSVException;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;
import org.jspecify.annotations.Nullable;

/** Lines of CSV as objects by the header's names; empty cells are left out. */
final class CsvRows implements Rows {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A number with zeros before it, or of more digits than a double holds, is a name. */
  private static final Pattern WHOLE = Pattern.compile("[+-]?(0|[1-9]\\d{0,14})");

  private static final Pattern FRACTION =
      Pattern.compile("[+-]?(\\d+\\.\\d*|\\.\\d+|\\d+(?=[eE]))([eE][+-]?\\d{1,4})?");

  private final BoundedText text;
  private final char delimiter;
  private final boolean comma;
  private final CSVParser parser;
  private final Iterator<CSVRecord> records;
  private final List<String> names;

  CsvRows(DropPlan plan, BoundedText text) throws IOException {
    this.text = text;
    BufferedReader file = new BufferedReader(text);
    char found = CsvHead.delimiter(file);
    this.delimiter = plan.delimiter() == 0 ? found : plan.delimiter();
    this.comma = plan.decimal() == 0 ? delimiter == ';' : plan.decimal() == ',';
    this.parser =
        CSVFormat.DEFAULT
            .builder()
            .setDelimiter(delimiter)
            .setIgnoreEmptyLines(true)
            .setTrailingData(true)
            .setLenientEof(true)
            .get()
            .parse(file);
    this.records = parser.iterator();
    this.names = plan.columns().isEmpty() ? header() : plan.columns();
  }

  private List<String> header() throws IOException {
    CSVRecord header = record();
    if (header == null) {
      throw new PayloadException("line 1: expected a header, got an empty file");
    }
    List<String> found = header.stream().map(String::strip).toList();
    if (found.stream().filter(n -> !n.isEmpty()).distinct().count()
        < found.stream().filter(n -> !n.isEmpty()).count()) {
      throw new PayloadException("line 1: a column is there twice: " + String.join(", ", found));
    }
    return found;
  }

  private @Nullable CSVRecord record() throws IOException {
    text.recordRead();
    try {
      return records.hasNext() ? records.next() : null;
    } catch (UncheckedIOException e) {
      if (e.getCause() instanceof CSVException || e.getCause() instanceof BoundedText.TooLarge) {
        throw broken(e.getCause());
      }
      throw e.getCause();
    } catch (IllegalStateException e) {
      throw broken(e);
    }
  }

  private PayloadException broken(Throwable e) {
    return new PayloadException(
        "line " + (parser.getCurrentLineNumber() + 1) + ": is not CSV: " + e.getMessage());
  }

  @Override
  public @Nullable Row next() throws IOException {
    for (CSVRecord record = record(); record != null; record = record()) {
      long line = parser.getCurrentLineNumber();
      if (record.size() > names.size()) {
        return new Row(
            line,
            String.join(String.valueOf(delimiter), record.toList())
                .getBytes(StandardCharsets.UTF_8),
            "expected " + names.size() + " values, got " + record.size());
      }
      ObjectNode row = row(record);
      if (!row.isEmpty()) {
        return new Row(line, JSON.writeValueAsBytes(row), null);
      }
    }
    return null;
  }

  private ObjectNode row(CSVRecord record) {
    ObjectNode row = JSON.createObjectNode();
    for (int i = 0; i < record.size(); i++) {
      String cell = record.get(i).strip();
      if (!cell.isEmpty() && !names.get(i).isEmpty()) {
        put(row, names.get(i), cell);
      }
    }
    return row;
  }

  private void put(ObjectNode row, String name, String cell) {
    String plain = comma ? cell.replace(',', '.') : cell;
    if (WHOLE.matcher(plain).matches()) {
      row.put(name, Long.parseLong(plain));
    } else if (FRACTION.matcher(plain).matches()) {
      row.put(name, Double.parseDouble(plain));
    } else {
      row.put(name, cell);
    }
  }

  @Override
  public void close() throws IOException {
    parser.close();
  }
}
