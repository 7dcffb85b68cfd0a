package io.caravanhub.core.rule;

import org.jspecify.annotations.Nullable;

/**
 * One rule at work on one device: idle, pending since a moment, or active since its onset. Not
 * thread-safe.
 */
final class RuleRun {
  private static final long NEVER = Long.MIN_VALUE;
  private static final long REFRESH_MILLIS = 10_000;

  /** What the clock alone tells is told again after this part of the time that it has lasted. */
  private static final long REFRESH_PART = 20;

  final Rule rule;
  private final long duration;
  private final long clearFor;
  private final long cooldown;
  private long pendingSince = NEVER;
  private long unmetSince = NEVER;
  private long raisedAt = NEVER;
  private long lastSeen = NEVER;
  private long settledUntil = NEVER;
  private long refreshedAt = NEVER;
  private boolean active;
  private long onset;
  private int step;

  RuleRun(Rule rule) {
    this.rule = rule;
    this.duration = rule.timing().duration().toMillis();
    this.clearFor = rule.timing().clearFor().toMillis();
    this.cooldown = rule.timing().cooldown().toMillis();
  }

  boolean active() {
    return active;
  }

  long onset() {
    return onset;
  }

  /** How many steps of severity the event has come. */
  int severityStep() {
    return step;
  }

  /** Goes on with an event that is open in the store. */
  void resume(long eventOnset) {
    active = true;
    onset = eventOnset;
    settledUntil = eventOnset;
    raisedAt = eventOnset + duration;
  }

  /** An event of this rule ended then; what was measured before is settled. */
  void settle(long openedAt, long endedAt) {
    settledUntil = endedAt;
    raisedAt = openedAt + duration;
  }

  /** Until then a rebuilt state only learns. */
  void settleUntil(long time) {
    settledUntil = Math.max(settledUntil, time);
  }

  boolean settled(long time) {
    return time <= settledUntil;
  }

  /**
   * Goes one measurement further.
   *
   * @param time of the measurement
   * @param since when the condition began, as far as the measurement itself can tell
   * @param met whether the condition is met
   * @param inContext whether all that must be true besides is
   * @param reached the step of severity that the number has reached
   * @param wall the hub's clock, for pacing refreshes only
   * @param byClock whether it is the clock that asks, not a reading
   * @return what has to be told, if anything
   */
  Detection.@Nullable Kind step(
      long time,
      long since,
      boolean met,
      boolean inContext,
      int reached,
      long wall,
      boolean byClock) {
    long previous = lastSeen;
    lastSeen = time;
    if (active) {
      return inContext ? whileActive(time, met, reached, wall, byClock) : null;
    }
    if (!met || !inContext) {
      rest(time);
      return null;
    }
    if (pendingSince == NEVER || time - previous > longestGap(duration)) {
      pendingSince = since;
    }
    if (time - pendingSince < duration || raisedAt != NEVER && time - raisedAt < cooldown) {
      return null;
    }
    active = true;
    onset = pendingSince;
    pendingSince = NEVER;
    unmetSince = NEVER;
    raisedAt = time;
    refreshedAt = wall;
    step = reached;
    return Detection.Kind.RAISE;
  }

  /** A measurement that does not meet the condition of an idle rule. */
  void rest(long time) {
    lastSeen = time;
    pendingSince = NEVER;
  }

  private Detection.@Nullable Kind whileActive(
      long time, boolean met, int reached, long wall, boolean byClock) {
    if (!met) {
      unmetSince = unmetSince == NEVER ? time : unmetSince;
      if (time - unmetSince < clearFor) {
        return null;
      }
      active = false;
      unmetSince = NEVER;
      return Detection.Kind.CLEAR;
    }
    unmetSince = NEVER;
    if (reached > step) {
      step = reached;
      refreshedAt = wall;
      return Detection.Kind.ESCALATE;
    }
    long pace = Math.max(REFRESH_MILLIS, byClock ? (time - onset) / REFRESH_PART : 0);
    if (refreshedAt != NEVER && wall - refreshedAt < pace) {
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
  static long longestGap(long duration) {
    return Math.max(300_000, 2 * duration);
  }
}
