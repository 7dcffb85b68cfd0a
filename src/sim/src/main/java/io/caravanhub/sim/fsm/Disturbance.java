package io.caravanhub.sim.fsm;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** Faults injected into the API: an outage for a while, and a delay before each answer. */
final class Disturbance {
  private final Clock clock;
  private volatile Instant outageEnds = Instant.EPOCH;
  private volatile Duration delay = Duration.ZERO;

  Disturbance(Clock clock) {
    this.clock = clock;
  }

  void startOutage(Duration length) {
    outageEnds = clock.instant().plus(length);
  }

  /** Time until the outage ends; zero when there is none. */
  Duration outage() {
    Duration left = Duration.between(clock.instant(), outageEnds);
    return left.isNegative() ? Duration.ZERO : left;
  }

  void delayAnswers(Duration delay) {
    this.delay = delay;
  }

  /**
   * The delay of each answer. It comes after the work is done, so that a caller who gives up does
   * not know whether it was.
   */
  Duration delay() {
    return delay;
  }
}
