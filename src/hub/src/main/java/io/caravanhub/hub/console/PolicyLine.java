package io.caravanhub.hub.console;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A policy as the table shows it.
 *
 * @param id or, of a file that cannot be read, the file's name
 * @param state {@code in force}, {@code off} or {@code refused}
 * @param source the file it is written in, or {@code table} for the tenant's own
 * @param conditions when it applies, in words
 * @param actions what it asks for, in words
 * @param past what it led to in the last thirty days
 * @param problem why it is refused, or null
 */
public record PolicyLine(
    String id,
    String description,
    String state,
    String source,
    List<String> conditions,
    List<String> actions,
    Past past,
    @Nullable String problem) {

  /**
   * What a policy led to.
   *
   * @param matched events to which it applied
   * @param acted actions it planned, told or joined
   * @param held actions it planned that had to wait
   */
  public record Past(long matched, long acted, long held) {
    static final Past NONE = new Past(0, 0, 0);
  }

  /** Where it comes from, for people. */
  public String origin() {
    return source.equals("table") ? "own" : source.equals("default.yaml") ? "default" : "file";
  }
}
