package io.caravanhub.hub.mapping;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The newest payloads of a mapping, at most so many and of at most so many bytes together; one that
 * is larger alone is not kept. Adding takes two atomic steps and no lock.
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

  PayloadRing(int most) {
    this.most = most;
  }

  void add(long at, @Nullable String device, byte[] payload) {
    if (payload.length > most) {
      return;
    }
    int place = Math.floorMod(next.getAndIncrement(), PAYLOADS);
    long held = put(place, new Sample(at, device, payload));
    for (int older = 1; held > most && older < PAYLOADS; older++) {
      held = put((place + older) % PAYLOADS, null);
    }
  }

  private long put(int place, @Nullable Sample sample) {
    Sample before = samples.getAndSet(place, sample);
    int more = (sample == null ? 0 : sample.payload.length);
    int less = (before == null ? 0 : before.payload.length);
    return bytes.addAndGet(more - less);
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
