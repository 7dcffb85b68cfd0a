package io.caravanhub.hub.upload;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** How many files each tenant may have read at a time. Thread-safe. */
final class Places {
  private final int each;
  private final Map<String, Integer> taken = new ConcurrentHashMap<>();

  Places(int each) {
    this.each = each;
  }

  /** Whether the tenant had a place left, which is now taken. */
  boolean take(String tenant) {
    boolean[] had = new boolean[1];
    taken.merge(
        tenant,
        1,
        (count, one) -> {
          had[0] = count >= each;
          return had[0] ? count : count + one;
        });
    return !had[0];
  }

  void leave(String tenant) {
    taken.computeIfPresent(tenant, (key, count) -> count == 1 ? null : count - 1);
  }
}
