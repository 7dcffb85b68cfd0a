package io.caravanhub.edge.work;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The last messages of one device as they came, for a burst to begin with. Bounded by age and,
 * together with those of other devices, by bytes. Not thread-safe but for the bytes.
 */
final class RawPast {
  private final long length;
  private final AtomicLong used;
  private final long memory;
  private final Deque<Raw> messages = new ArrayDeque<>();

  private record Raw(long at, byte[] body, boolean sent) {}

  /**
   * Nothing yet.
   *
   * @param length how far back, in microseconds
   * @param used bytes of all devices
   * @param memory how many they may be
   */
  RawPast(long length, AtomicLong used, long memory) {
    this.length = length;
    this.used = used;
    this.memory = memory;
  }

  /**
   * Keeps a message.
   *
   * @param sent whether it went on whole, and need not be sent again
   * @return how many younger ones than the length had to go for want of memory
   */
  int add(long at, byte[] body, boolean sent) {
    if (!messages.isEmpty() && messages.getLast().at() > at) {
      clear();
    }
    messages.addLast(new Raw(at, body, sent));
    used.addAndGet(body.length);
    while (messages.getFirst().at() < at - length) {
      removeFirst();
    }
    int lost = 0;
    while (used.get() > memory && !messages.isEmpty()) {
      removeFirst();
      lost++;
    }
    return lost;
  }

  /** Takes out what was not sent whole since a time, oldest first, and forgets the rest. */
  List<byte[]> takeSince(long at) {
    List<byte[]> unsent = new ArrayList<>();
    for (Raw raw : messages) {
      if (raw.at() >= at && !raw.sent()) {
        unsent.add(raw.body());
      }
    }
    clear();
    return unsent;
  }

  /** Forgets all of it. */
  void clear() {
    while (!messages.isEmpty()) {
      removeFirst();
    }
  }

  private void removeFirst() {
    used.addAndGet(-messages.removeFirst().body().length);
  }
}
