package io.caravanhub.core.cloud;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a poll did.
 *
 * @param requests made, logins included
 * @param parts devices' shares handed on
 * @param notBefore when the cloud wants to be asked again, or null
 * @param problems requests for single items that failed while the others went on
 */
public record PollReport(
    int requests, int parts, @Nullable Instant notBefore, List<String> problems) {
  public PollReport {
    problems = List.copyOf(problems);
  }
}
