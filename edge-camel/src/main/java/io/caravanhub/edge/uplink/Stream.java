package io.caravanhub.edge.uplink;

import io.caravanhub.edge.spool.StoredRecord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Records that go to the hub strictly one batch after the other. A device is on one stream of a
 * lane only, so its records cannot pass each other.
 */
final class Stream {
  final Lane lane;
  private final Deque<StoredRecord> queue = new ArrayDeque<>();
  private long firstAt;

  /** A batch is out, or waits to be sent again. */
  boolean busy;

  /** How often in a row the hub has answered that it cannot take the batch now. */
  int refusals;

  Stream(Lane lane) {
    this.lane = lane;
  }

  void add(StoredRecord record, long nowNanos) {
    if (queue.isEmpty()) {
      firstAt = nowNanos;
    }
    queue.add(record);
  }

  int size() {
    return queue.size();
  }

  /** Nanoseconds that the first record has waited. */
  long waited(long nowNanos) {
    return queue.isEmpty() ? 0 : nowNanos - firstAt;
  }

  /** Takes at least one record, then as many as are allowed. */
  List<StoredRecord> take(int records, long bytes) {
    List<StoredRecord> taken = new ArrayList<>();
    long size = 0;
    while (!queue.isEmpty() && taken.size() < records) {
      size += queue.element().content().body().length;
      if (size > bytes && !taken.isEmpty()) {
        break;
      }
      taken.add(queue.remove());
    }
    return taken;
  }

  void clear() {
    queue.clear();
    busy = false;
    refusals = 0;
  }
}
