package io.caravanhub.core.drop;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * Which files of a folder are taken, and how they are written.
 *
 * @param names patterns such as {@code *.csv}; {@code *} and {@code ?} stand for any characters
 * @param format of the files
 * @param delimiter of CSV, or 0 for the first comma, semicolon or tab of the header
 * @param decimal sign of CSV, or 0 for a comma where the delimiter is a semicolon, else a point
 * @param columns names for CSV without a header, else empty
 * @param items JSON Pointer to the array of rows in a JSON file, empty for the file itself
 * @param settled for how long a file's size and time must not have changed
 */
public record DropPlan(
    List<String> names,
    Format format,
    char delimiter,
    char decimal,
    List<String> columns,
    String items,
    Duration settled) {

  /** How a file is written. */
  public enum Format {
    /** As the ending of its name says. */
    BY_NAME,
    CSV,
    /** An array of objects. */
    JSON,
    /** An object a line. */
    JSONL;

    Format of(String name) {
      if (this != BY_NAME) {
        return this;
      }
      String lower = name.toLowerCase(Locale.ROOT);
      if (lower.endsWith(".json")) {
        return JSON;
      }
      return lower.matches(".*\\.(jsonl|ndjson)") ? JSONL : CSV;
    }
  }

  public DropPlan {
    names = List.copyOf(names);
    columns = List.copyOf(columns);
  }

  /** Whether a file of this name is taken: no hidden one, and none that is being written. */
  boolean takes(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return !name.startsWith(".")
        && !lower.endsWith(".part")
        && !lower.endsWith(".tmp")
        && names.stream().anyMatch(pattern -> fits(pattern, 0, name, 0));
  }

  private static boolean fits(String pattern, int p, String name, int n) {
    for (int i = p; i < pattern.length(); i++, n++) {
      char c = pattern.charAt(i);
      if (c == '*') {
        for (int from = n; from <= name.length(); from++) {
          if (fits(pattern, i + 1, name, from)) {
            return true;
          }
        }
        return false;
      }
      if (n >= name.length() || c != '?' && c != name.charAt(n)) {
        return false;
      }
    }
    return n == name.length();
  }

  /** The same for files that are known to be whole. */
  public DropPlan atOnce() {
    return new DropPlan(names, format, delimiter, decimal, columns, items, Duration.ZERO);
  }
}
