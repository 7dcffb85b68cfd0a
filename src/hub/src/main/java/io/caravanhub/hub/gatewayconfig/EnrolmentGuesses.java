package io.caravanhub.hub.gatewayconfig;

import io.caravanhub.hub.api.ProblemException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Who tried codes that do not exist: ten wrong ones within a minute from an address, or three
 * hundred from all, and no more is looked at until the minute is over. Thread-safe.
 */
final class EnrolmentGuesses {
  private static final int MOST = 10;
  private static final int MOST_OF_ALL = 300;
  private static final int ADDRESSES = 10_000;
  private static final Duration KEPT = Duration.ofMinutes(1);
  private static final String ALL = "all";

  private final Map<String, Count> counts = new ConcurrentHashMap<>();

  private record Count(int wrong, long until) {}

  /**
   * @throws ProblemException 429
   */
  void admit(String from) {
    if (isOver("from " + from, MOST) || isOver(ALL, MOST_OF_ALL)) {
      throw ProblemException.tooMany("too many wrong enrolment codes; try again in a minute", KEPT);
    }
  }

  void wrong(String from) {
    if (counts.size() >= ADDRESSES) {
      counts.keySet().removeIf(key -> !key.equals(ALL));
    }
    count("from " + from);
    count(ALL);
  }

  private boolean isOver(String key, int most) {
    Count count = counts.get(key);
    return count != null && count.wrong >= most && count.until - System.nanoTime() > 0;
  }

  private void count(String key) {
    long now = System.nanoTime();
    counts.compute(
        key,
        (k, count) ->
            count == null || count.until - now <= 0
                ? new Count(1, now + KEPT.toNanos())
                : new Count(count.wrong + 1, count.until));
  }
}
