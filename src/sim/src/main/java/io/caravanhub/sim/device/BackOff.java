package io.caravanhub.sim.device;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** Growing pauses between attempts, with jitter so that devices do not return all at once. */
final class BackOff {
  private final long first;
  private final long longest;
  private long next;

  BackOff(Duration first, Duration longest) {
    this.first = first.toMillis();
    this.longest = longest.toMillis();
    next = this.first;
  }

  /** Milliseconds to wait now; the next pause is twice as long. */
  long nextMillis() {
    long pause = next;
    next = Math.min(longest, 2 * next);
    return pause / 2 + ThreadLocalRandom.current().nextLong(pause / 2 + 1);
  }

  void reset() {
    next = first;
  }
}
