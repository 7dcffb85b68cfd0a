package io.caravanhub.core.detect;

import java.util.List;

/**
 * Which columns of a CSV file hold what.
 *
 * @param time name of the column of times
 * @param values names of the columns of numbers, one or several
 */
public record CsvColumns(String time, List<String> values) {
  public CsvColumns {
    values = List.copyOf(values);
  }
}
