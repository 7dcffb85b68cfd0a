package io.caravanhub.hub.notify;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * How long to wait before the next attempt, with jitter. Webhooks are tried for more than a day, as
 * Standard Webhooks proposes. Thread-safe.
 */
@Component
class Retries {
  /** In units of the first wait; with five seconds up to ten hours. */
  private static final List<Integer> WEBHOOK = List.of(1, 60, 360, 1_440, 3_600, 7_200, 7_200);

  private static final int LONGEST_DOUBLING = 120;

  private final Duration first;

  Retries(@Value("${hub.notify.back-off:PT5S}") Duration first) {
    this.first = first;
  }

  Duration first() {
    return first;
  }

  /** The longest rest of a channel that fails. */
  Duration rest() {
    return first.multipliedBy(60);
  }

  /** The wait after an attempt, no shorter than the other side asked for. */
  Duration after(MessageEntry entry, @Nullable Duration asked) {
    long factor =
        entry.subscription() != null
            ? WEBHOOK.get(Math.min(entry.attempts(), WEBHOOK.size()) - 1)
            : Math.min(LONGEST_DOUBLING, 1L << Math.min(20, Math.max(0, entry.attempts() - 1)));
    long millis = Math.max(2, first.multipliedBy(factor).toMillis());
    Duration own =
        Duration.ofMillis(ThreadLocalRandom.current().nextLong(millis * 4 / 5, millis * 6 / 5 + 1));
    return asked != null && asked.compareTo(own) > 0 ? asked : own;
  }
}
