package io.caravanhub.core.fieldbus;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Pauses that double with each failure in a row, each a quarter longer or shorter by chance so that
 * devices that failed together do not come back together.
 *
 * @param shortest the first pause
 * @param longest what pauses grow to
 */
public record BackOff(Duration shortest, Duration longest) {
  /** The pause after so many failures in a row, from one. */
  public Duration after(int failures) {
    int doublings = Math.min(Math.max(failures, 1) - 1, 30);
    long millis = Math.min(longest.toMillis(), shortest.toMillis() << doublings);
    return Duration.ofMillis(
        Math.round(millis * (0.75 + ThreadLocalRandom.current().nextDouble() / 2)));
  }
}
