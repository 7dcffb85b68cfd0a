package io.caravanhub.hub.mapping;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The newest payloads of a mapping, at most so many and of at most so many bytes together, in the
 * room that it shares with other rings; one that is larger alone is not kept. Adding takes a few
 * atomic steps and no lock.
 */
final class PayloadRing {
  private static final int PAYLOADS = 100;

  /**
   * A payload as it came.
   *
   * @param at when it was mapped, epoch milliseconds
   * @param device the hub's id of the device, or what a connector called it
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Sample(long at, @Nullable String device, byte[] payload) {}

  private final AtomicReferenceArray<@Nullable Sample> samples =
      new AtomicReferenceArray<>(PAYLOADS);
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();
  private final int most;
  private final PayloadRoom room;
  private volatile boolean closed;

  PayloadRing(int most, PayloadRoom room) {
    this.most = most;
    this.room = room;
  }

  void add(long at, @Nullable String device, byte[] payload) {
    if (payload.length > most || closed || !take(payload.length)) {
      return;
    }
    int place = Math.floorMod(next.getAndIncrement(), PAYLOADS);
    put(place, new Sample(at, device, payload));
    for (int older = 1; bytes.get() > most && older < PAYLOADS; older++) {
      put((place + older) % PAYLOADS, null);
    }
    if (closed) {
      shrink(0);
    }
  }

  /** Room for a payload; where there is none, in place of older ones of this ring. */
  private boolean take(int length) {
    if (room.take(length)) {
      return true;
    }
    if (bytes.get() < length) {
      return false;
    }
    shrink(bytes.get() - length);
    return room.take(length);
  }

  /** Drops the oldest until no more than so many bytes are held. */
  void shrink(long share) {
    int oldest = next.get();
    for (int i = 0; bytes.get() > share && i < PAYLOADS; i++) {
      put(Math.floorMod(oldest + i, PAYLOADS), null);
    }
  }

  /** Holds nothing from now on. */
  void close() {
    closed = true;
    shrink(0);
  }

  private void put(int place, @Nullable Sample sample) {
    Sample before = samples.getAndSet(place, sample);
    int more = sample == null ? 0 : sample.payload.length;
    int less = before == null ? 0 : before.payload.length;
    bytes.addAndGet(more - less);
    room.give(less);
  }

  /** What is held, newest first. */
  List<Sample> newest() {
    int end = next.get();
    List<Sample> found = new ArrayList<>(PAYLOADS);
    for (int back = 1; back <= PAYLOADS; back++) {
      Sample sample = samples.get(Math.floorMod(end - back, PAYLOADS));
      if (sample != null) {
        found.add(sample);
      }
    }
    return found;
  }
}
