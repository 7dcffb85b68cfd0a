package io.caravanhub.hub.upload;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of a file's rows.
 *
 * @param rows read, the header not counted
 * @param accepted stored, or in a dry run: could be stored
 * @param duplicates in the store already, whole; not known in a dry run
 * @param refused rows of which nothing was stored
 * @param readings values in the accepted rows and the duplicates
 * @param problems the first of the refused, in the order of the file
 * @param problemsLeftOut how many more there were
 * @param newMetrics names that the catalogue did not know; told by a dry run only
 * @param stopped why the file was not read to its end, or null when it was
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record UploadReport(
    @JsonProperty("dry_run") boolean dryRun,
    long rows,
    long accepted,
    long duplicates,
    long refused,
    long readings,
    List<Problem> problems,
    @JsonProperty("problems_left_out") long problemsLeftOut,
    @JsonProperty("new_metrics") List<String> newMetrics,
    @Nullable Stop stopped) {

  /**
   * A refused row.
   *
   * @param line of the file where the row begins, the header's being 1
   * @param field the column at fault
   * @param reason what was expected and what came
   */
  public record Problem(long line, String field, String reason) {}

  /**
   * Where reading ended before the file did. Rows before it are stored; sending the whole file
   * again is safe.
   *
   * @param status 413 too large, 429 over its limits, 503 the store is behind or away, 400 the file
   *     cannot be read
   * @param retryAfter seconds after which the rest is welcome, or null when waiting does not help
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Stop(
      int status,
      long line,
      String reason,
      @JsonProperty("retry_after") @Nullable Long retryAfter) {}
}
