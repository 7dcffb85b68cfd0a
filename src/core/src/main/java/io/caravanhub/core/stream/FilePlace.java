package io.caravanhub.core.stream;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Where a message stood in a file.
 *
 * @param line the first is 1
 * @param modified the file's time
 * @param problem why what stood there cannot be read, or null
 */
public record FilePlace(String file, long line, Instant modified, @Nullable String problem) {
  /** For people. */
  public String text() {
    return file + ", line " + line;
  }

  /**
   * The time of a row without one, in microseconds since 1970-01-01 UTC: the file's, each line a
   * microsecond later, so that it is the same whenever the file is read again.
   */
  public long micros() {
    return modified.toEpochMilli() * 1_000 + line;
  }
}
