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
  private long bytes;

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
    bytes += record.content().body().length;
  }

  int size() {
    return queue.size();
  }

  /** Of the bodies that wait. */
  long bytes() {
    return bytes;
  }

  /** Nanoseconds that the first record has waited. */
  long waited(long nowNanos) {
    return queue.isEmpty() ? 0 : nowNanos - firstAt;
  }

  /** Takes at least one record, then as many as are allowed, of so many bytes. */
  List<StoredRecord> take(int records, long most) {
    List<StoredRecord> taken = new ArrayList<>();
    long size = 0;
    while (!queue.isEmpty() && taken.size() < records) {
      int next = queue.element().content().body().length;
      if (size + next > most && !taken.isEmpty()) {
        break;
      }
      size += next;
      taken.add(queue.remove());
    }
    bytes -= size;
    return taken;
  }

  void clear() {
    queue.clear();
    bytes = 0;
    busy = false;
    refusals = 0;
  }
}
