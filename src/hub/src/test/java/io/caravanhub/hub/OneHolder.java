package io.caravanhub.hub;

import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Hears who acts on what under which epoch, and tells two who acted at once: a holder that still
 * found itself in force after a later one had. All holders are in this process, so that one clock
 * orders what they say. Thread-safe.
 */
public final class OneHolder {
  private final Map<String, Latest> latest = new ConcurrentHashMap<>();
  private final Queue<String> seconds = new ConcurrentLinkedQueue<>();
  private final AtomicLong acts = new AtomicLong();

  /** The newest epoch heard of, by whom, and when that had certainly begun. */
  private record Latest(long epoch, String holder, long since) {}

  /**
   * Asks whether the holder is in force, and notes it if so.
   *
   * @param epoch looks and gives the epoch, or 0
   * @return the epoch
   */
  public long act(String what, String holder, LongSupplier epoch) {
    long before = System.nanoTime();
    long now = epoch.getAsLong();
    long after = System.nanoTime();
    if (now > 0) {
      acts.incrementAndGet();
      latest.merge(
          what,
          new Latest(now, holder, after),
          (known, fresh) -> {
            if (fresh.epoch > known.epoch) {
              return fresh;
            }
            boolean same = fresh.epoch == known.epoch && fresh.holder.equals(known.holder);
            if (!same && (fresh.epoch == known.epoch || before - known.since > 0)) {
              seconds.add(what + ": " + fresh + " beside " + known);
            }
            return known;
          });
    }
    return now;
  }

  /** Each time that two were in force at once. */
  public Queue<String> seconds() {
    return seconds;
  }

  /** How often somebody acted. */
  public long acts() {
    return acts.get();
  }
}
