package io.caravanhub.hub.security;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tokens that are known not to exist, and who showed how many of them. The same wrong token again
 * costs a look in memory; an address that showed {@link #MOST} different ones within a minute is
 * not looked up until the minute is over, unless its token is remembered as good. Thread-safe.
 */
final class Guesses {
  static final int MOST = 100;
  private static final long KEPT_NANOS = Duration.ofMinutes(1).toNanos();
  private static final int REMEMBERED_MAX = 20_000;

  private final Map<String, Long> wrong = new ConcurrentHashMap<>();
  private final Map<String, Count> byAddress = new ConcurrentHashMap<>();

  private record Count(int tokens, long until) {}

  boolean isKnownWrong(String key) {
    Long until = wrong.get(key);
    return until != null && until - System.nanoTime() > 0;
  }

  boolean isTooMany(String from) {
    Count count = byAddress.get(from);
    return count != null && count.tokens >= MOST && count.until - System.nanoTime() > 0;
  }

  void wrong(String key, String from) {
    long now = System.nanoTime();
    if (wrong.size() >= REMEMBERED_MAX) {
      wrong.clear();
    }
    wrong.put(key, now + KEPT_NANOS);
    if (from.isEmpty()) {
      return;
    }
    if (byAddress.size() >= REMEMBERED_MAX) {
      byAddress.clear();
    }
    byAddress.compute(
        from,
        (address, count) ->
            count == null || count.until - now <= 0
                ? new Count(1, now + KEPT_NANOS)
                : new Count(count.tokens + 1, count.until));
  }
}
