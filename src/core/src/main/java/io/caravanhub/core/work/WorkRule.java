package io.caravanhub.core.work;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What is done with the readings of some metrics of some devices. Nothing set means that they pass.
 *
 * @param devices whose readings
 * @param metrics which of them
 * @param drop whether they go no further
 * @param badEvery how often a bad reading is told while nothing about it changes; null for always,
 *     or, under a deadband or a window, as often as that speaks anyway
 * @param deadband sends a number only when it has moved, or null
 * @param aggregate sends what the numbers of a window come to, or null
 * @param burst sends everything raw around an anomaly, or null
 */
public record WorkRule(
    Globs devices,
    Globs metrics,
    boolean drop,
    @Nullable Duration badEvery,
    @Nullable Deadband deadband,
    @Nullable Aggregate aggregate,
    @Nullable Burst burst) {

  /** Whether the rule lets everything pass as it came. */
  public boolean passes() {
    return !drop && badEvery == null && deadband == null && aggregate == null && burst == null;
  }
}
