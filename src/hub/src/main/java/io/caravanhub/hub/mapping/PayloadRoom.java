package io.caravanhub.hub.mapping;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The room that the payloads of all mappings have together. When it is full, rings that hold more
 * than their share give their oldest away; what finds no room until then is not kept. Thread-safe.
 */
final class PayloadRoom {
  private static final long PAUSE_NANOS = 1_000_000_000L;

  private final long most;
  private final AtomicLong used = new AtomicLong();
  private final Set<PayloadRing> rings = ConcurrentHashMap.newKeySet();
  private final AtomicLong shared = new AtomicLong(System.nanoTime() - PAUSE_NANOS);

  /**
   * @param most bytes
   */
  PayloadRoom(long most) {
    this.most = most;
  }

  /** A ring that has its place here until it is {@link #close}d, of at most so many bytes. */
  PayloadRing ring(int bytes) {
    PayloadRing ring = new PayloadRing(bytes, this);
    rings.add(ring);
    return ring;
  }

  /** The ring's payloads go, and it takes no more. */
  void close(PayloadRing ring) {
    rings.remove(ring);
    ring.close();
  }

  /** Bytes held now. */
  long used() {
    return used.get();
  }

  /** Takes room, if there is any. */
  boolean take(long bytes) {
    if (used.addAndGet(bytes) <= most) {
      return true;
    }
    used.addAndGet(-bytes);
    share();
    return false;
  }

  void give(long bytes) {
    used.addAndGet(-bytes);
  }

  /** At most once a second, for it looks at every ring. */
  private void share() {
    long last = shared.get();
    long now = System.nanoTime();
    if (now - last >= PAUSE_NANOS && shared.compareAndSet(last, now)) {
      long share = most / 2 / Math.max(1, rings.size());
      rings.forEach(ring -> ring.shrink(share));
    }
  }
}
