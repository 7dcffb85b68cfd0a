package io.caravanhub.hub.rules;

import org.jspecify.annotations.Nullable;

/**
 * One rule at work on one device: idle, pending since a moment, or active since its onset. Not
 * thread-safe.
 */
final class RuleRun {
  private static final long NEVER = Long.MIN_VALUE;
  private static final long REFRESH_MILLIS = 10_000;

  final Rule rule;
  private int index;
  private long pendingSince = NEVER;
  private long lastSeen = NEVER;
  private long settledUntil = NEVER;
  private long refreshedAt = NEVER;
  private boolean active;
  private long onset;

  RuleRun(Rule rule, int index) {
    this.rule = rule;
    this.index = index;
  }

  int index() {
    return index;
  }

  void renumber(int newIndex) {
    index = newIndex;
  }

  boolean active() {
    return active;
  }

  long onset() {
    return onset;
  }

  /** Goes on with an event that is open in the store. */
  void resume(long eventOnset) {
    active = true;
    onset = eventOnset;
    settledUntil = eventOnset;
  }

  /** An event of this rule ended then; what was measured before is settled. */
  void settle(long endedAt) {
    settledUntil = endedAt;
  }

  boolean settled(long time) {
    return time <= settledUntil;
  }

  /**
   * Goes one measurement further.
   *
   * @param time of the measurement
   * @param since when the condition began, as far as the measurement itself can tell
   * @param wall the hub's clock, for pacing refreshes only
   * @return what has to be told, if anything
   */
  Detection.@Nullable Kind step(long time, long since, boolean met, boolean inContext, long wall) {
    long previous = lastSeen;
    lastSeen = time;
    if (active) {
      return inContext ? whileActive(met, wall) : null;
    }
    if (!met || !inContext) {
      rest(time);
      return null;
    }
    if (pendingSince == NEVER || time - previous > longestGap()) {
      pendingSince = since;
    }
    if (time - pendingSince < rule.duration().toMillis()) {
      return null;
    }
    active = true;
    onset = pendingSince;
    pendingSince = NEVER;
    refreshedAt = wall;
    return Detection.Kind.RAISE;
  }

  /** A measurement that does not meet the condition of an idle rule. */
  void rest(long time) {
    lastSeen = time;
    pendingSince = NEVER;
  }

  private Detection.@Nullable Kind whileActive(boolean met, long wall) {
    if (!met) {
      active = false;
      return Detection.Kind.CLEAR;
    }
    if (refreshedAt != NEVER && wall - refreshedAt < REFRESH_MILLIS) {
      return null;
    }
    refreshedAt = wall;
    return Detection.Kind.ACTIVE;
  }

  /** A late measurement that does not meet the condition breaks a duration that spans it. */
  void interrupt(long time, long next) {
    if (pendingSince != NEVER && pendingSince <= time) {
      pendingSince = next;
    }
  }

  /** Between two readings farther apart than this nobody knows whether the condition held. */
  private long longestGap() {
    return Math.max(300_000, 2 * rule.duration().toMillis());
  }
}
