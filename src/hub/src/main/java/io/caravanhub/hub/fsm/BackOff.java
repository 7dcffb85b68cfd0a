package io.caravanhub.hub.fsm;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** How long to wait before the next attempt: doubling, with jitter, up to a limit. */
final class BackOff {
  private final Duration first;
  private final Duration longest;

  BackOff(Duration first, Duration longest) {
    this.first = first;
    this.longest = longest;
  }

  /** Between half and all of the doubled time, so that many actions do not come back at once. */
  Duration after(int attempts) {
    long doubled = first.toMillis() << Math.min(20, Math.max(0, attempts - 1));
    long millis = Math.max(2, Math.min(longest.toMillis(), doubled));
    return Duration.ofMillis(ThreadLocalRandom.current().nextLong(millis / 2, millis + 1));
  }
}
