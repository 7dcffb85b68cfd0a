package io.caravanhub.edge.uplink;

import io.caravanhub.edge.spool.Spool;
import io.caravanhub.edge.spool.StoredRecord;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the spool ahead of the sender: events; what came in since the connection is up; and what
 * was there before, on four streams between which devices are divided, in turn as they are met.
 * Each stream ascends, so the order of a device is kept within a lane; between lanes it is not, and
 * the hub goes by the timestamps. For the uplink's thread.
 */
final class Lanes {
  private static final int AHEAD = 600;
  private static final int AHEAD_BYTES = 1 << 20;

  /** What all old records that were read ahead may come to: a gateway has a small heap. */
  private static final int BACKFILL_AHEAD = 8_000;

  private static final int BACKFILL_AHEAD_BYTES = 4 << 20;

  final Stream event = new Stream(Lane.EVENT);
  final Stream live = new Stream(Lane.LIVE);
  final List<Stream> backfill =
      List.of(
          new Stream(Lane.BACKFILL),
          new Stream(Lane.BACKFILL),
          new Stream(Lane.BACKFILL),
          new Stream(Lane.BACKFILL));
  final List<Stream> all =
      List.of(event, live, backfill.get(0), backfill.get(1), backfill.get(2), backfill.get(3));

  private final Spool spool;
  private final Map<String, Stream> backfillOf = new HashMap<>();
  private String epoch = "";
  private long mark;
  private long eventReached;
  private long eventLooked;
  private long liveReached;
  private long backfillReached;
  private boolean backfillEnded;

  Lanes(Spool spool) {
    this.spool = spool;
  }

  /** A new connection: what is there now is old. */
  void begin() {
    Spool.Reached reached = spool.reached();
    epoch = reached.epoch();
    mark = reached.highest();
    eventReached = 0;
    eventLooked = -1;
    liveReached = mark;
    backfillReached = 0;
    backfillEnded = false;
    backfillOf.clear();
    all.forEach(Stream::clear);
  }

  String epoch() {
    return epoch;
  }

  /** Whether there is more of the old to be read or sent. */
  boolean backfilling() {
    return !backfillEnded || backfill.stream().anyMatch(s -> s.size() > 0 || s.busy);
  }

  /** Reads on where room is; returns false when the spool is another now. */
  boolean fill(long nowNanos) {
    Spool.Reached reached = spool.reached();
    if (!reached.epoch().equals(epoch)) {
      // Its numbers may be below all that were read of the one before.
      return false;
    }
    long highest = reached.highest();
    if (highest > eventLooked && hasRoom(event)) {
      Spool.Slice slice = spool.read(true, eventReached, Long.MAX_VALUE, AHEAD, AHEAD_BYTES);
      if (!slice.epoch().equals(epoch)) {
        return false;
      }
      slice.records().forEach(record -> event.add(record, nowNanos));
      eventReached = slice.reached();
      eventLooked = slice.records().isEmpty() ? highest : eventReached;
    }
    if (highest > liveReached && hasRoom(live)) {
      Spool.Slice slice = spool.read(false, liveReached, Long.MAX_VALUE, AHEAD, AHEAD_BYTES);
      if (!slice.epoch().equals(epoch)) {
        return false;
      }
      slice.records().forEach(record -> live.add(record, nowNanos));
      // Nothing found: all up to the highest are events.
      liveReached = slice.reached() == liveReached ? highest : slice.reached();
    }
    return backfillEnded || fillBackfill(nowNanos);
  }

  private static boolean hasRoom(Stream stream) {
    return stream.size() < AHEAD / 2 && stream.bytes() < AHEAD_BYTES;
  }

  private boolean fillBackfill(long nowNanos) {
    while (!backfillEnded && wantsMoreBackfill()) {
      Spool.Slice slice = spool.read(false, backfillReached, mark, Sender.MAX_RECORDS, AHEAD_BYTES);
      if (!slice.epoch().equals(epoch)) {
        return false;
      }
      for (StoredRecord record : slice.records()) {
        backfillOf(record.content().device()).add(record, nowNanos);
      }
      backfillEnded = slice.reached() == backfillReached;
      backfillReached = slice.reached();
    }
    return true;
  }

  /** Whether a stream has less than a batch, and what waits in all of them leaves room. */
  private boolean wantsMoreBackfill() {
    int records = 0;
    long bytes = 0;
    boolean low = false;
    for (Stream stream : backfill) {
      records += stream.size();
      bytes += stream.bytes();
      low |= stream.size() < Sender.MAX_RECORDS && stream.bytes() < Sender.MAX_BYTES;
    }
    return low && records < BACKFILL_AHEAD && bytes < BACKFILL_AHEAD_BYTES;
  }

  private Stream backfillOf(String device) {
    return backfillOf.computeIfAbsent(
        device, met -> backfill.get(backfillOf.size() % backfill.size()));
  }
}
