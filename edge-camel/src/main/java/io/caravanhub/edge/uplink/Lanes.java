package io.caravanhub.edge.uplink;

import io.caravanhub.edge.spool.Spool;
import io.caravanhub.edge.spool.StoredRecord;
import java.util.List;

/**
 * Reads the spool ahead of the sender: events; what came in since the connection is up; and what
 * was there before, on two streams between which devices are divided. Each stream ascends, so the
 * order of a device is kept within a lane; between lanes it is not, and the hub goes by the
 * timestamps. For the uplink's thread.
 */
final class Lanes {
  private static final int AHEAD = 600;
  private static final int AHEAD_BYTES = 1 << 20;

  final Stream event = new Stream(Lane.EVENT);
  final Stream live = new Stream(Lane.LIVE);
  final List<Stream> backfill = List.of(new Stream(Lane.BACKFILL), new Stream(Lane.BACKFILL));
  final List<Stream> all = List.of(event, live, backfill.get(0), backfill.get(1));

  private final Spool spool;
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
    epoch = spool.epoch();
    mark = spool.highest();
    eventReached = 0;
    eventLooked = -1;
    liveReached = mark;
    backfillReached = 0;
    backfillEnded = false;
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
    long highest = spool.highest();
    if (highest > eventLooked && event.size() < AHEAD / 2) {
      Spool.Slice slice = spool.read(true, eventReached, Long.MAX_VALUE, AHEAD, AHEAD_BYTES);
      if (!slice.epoch().equals(epoch)) {
        return false;
      }
      slice.records().forEach(record -> event.add(record, nowNanos));
      eventReached = slice.reached();
      eventLooked = slice.records().isEmpty() ? highest : eventReached;
    }
    if (highest > liveReached && live.size() < AHEAD / 2) {
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

  private boolean fillBackfill(long nowNanos) {
    int waiting = backfill.get(0).size() + backfill.get(1).size();
    if (waiting >= 2 * AHEAD || backfill.stream().allMatch(s -> s.size() >= AHEAD / 2)) {
      return true;
    }
    Spool.Slice slice = spool.read(false, backfillReached, mark, AHEAD, AHEAD_BYTES);
    if (!slice.epoch().equals(epoch)) {
      return false;
    }
    for (StoredRecord record : slice.records()) {
      backfill.get(record.content().device().hashCode() & 1).add(record, nowNanos);
    }
    backfillEnded = slice.reached() == backfillReached;
    backfillReached = slice.reached();
    return true;
  }
}
