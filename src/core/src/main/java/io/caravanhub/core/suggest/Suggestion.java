package io.caravanhub.core.suggest;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A draft of a mapping with its reasons. Either {@code fields} or {@code jsonata} is there, or
 * neither when no field looks like a metric; the draft has been applied to the samples.
 *
 * @param jsonata an expression, when a table cannot say it
 * @param fields a field table in YAML, when one suffices
 * @param proposals every field, the surest first
 * @param timestamp where the payload says when it was measured, or null when it does not
 * @param device path of what looks like the device's id, or null
 */
public record Suggestion(
    @Nullable String jsonata,
    @Nullable String fields,
    List<Proposal> proposals,
    @Nullable Timestamp timestamp,
    @Nullable String device) {

  public Suggestion {
    proposals = List.copyOf(proposals);
  }

  /**
   * A time in the payload.
   *
   * @param path where it lies
   * @param format {@code iso}, {@code local} for a clock without offset, or the unit of a count
   *     since 1970: {@code s}, {@code ms}, {@code us}, {@code ns}
   */
  public record Timestamp(String path, String format) {}
}
