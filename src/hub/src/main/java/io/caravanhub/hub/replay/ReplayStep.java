package io.caravanhub.hub.replay;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a replay did in one step.
 *
 * @param position where the next goes on, or null when there is no next
 * @param error the last failure met, or null
 * @param samples some of what a replay that only looks would do
 */
record ReplayStep(
    @Nullable String position,
    long done,
    long failed,
    long changed,
    long removed,
    @Nullable String error,
    List<RowChange> samples) {

  ReplayStep(
      @Nullable String position,
      long done,
      long failed,
      long changed,
      long removed,
      @Nullable String error) {
    this(position, done, failed, changed, removed, error, List.of());
  }
}
