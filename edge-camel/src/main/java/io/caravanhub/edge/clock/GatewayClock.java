package io.caravanhub.edge.clock;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows how far the gateway's clock is, and was, from the hub's.
 *
 * <p>The clock on the wall minus the monotonic clock stays the same until somebody sets the clock;
 * where it changes, a new {@linkplain ClockSegment segment} begins. The hub's time minus the
 * monotonic clock never changes while the machine runs, so one measurement settles every segment
 * since the machine's start: readings taken while the clock was wrong are corrected when the hub is
 * reached. Segments of an earlier start that were never settled stay unknown, for nothing connects
 * them with the time now. Thread-safe.
 */
public final class GatewayClock {
  /** What two looks at the clocks may differ by without being a jump. */
  static final long JUMP_MILLIS = 250;

  /** What two looks at an unset clock may differ by. */
  public static final long SAME_MILLIS = 50;

  /** What a new measurement may differ by from the settled offset before a new segment begins. */
  static final long DRIFT_MILLIS = 100;

  private static final long SLACK_MILLIS = 1000;
  private static final Logger LOG = LoggerFactory.getLogger(GatewayClock.class);

  private final TimeSource time;
  private final Consumer<ClockSegment> changed;
  private final TreeMap<Long, ClockSegment> segments = new TreeMap<>();
  private final TreeMap<Long, Long> wallEnds = new TreeMap<>();
  private ClockSegment current;
  private volatile Runnable jumped = () -> {};

  /**
   * Begins a segment.
   *
   * @param known segments that records in the spool still name
   * @param changed takes each new or settled segment, to keep it; called with the clock locked
   */
  public GatewayClock(TimeSource time, List<ClockSegment> known, Consumer<ClockSegment> changed) {
    this.time = time;
    this.changed = changed;
    known.forEach(segment -> segments.put(segment.id(), segment));
    current = begin(base(), null);
    knownByBase();
  }

  /** Called after a jump, on the thread that saw it. */
  public void onJump(Runnable listener) {
    jumped = listener;
  }

  /** The machine's clocks. */
  public TimeSource time() {
    return time;
  }

  /**
   * The segment in which the clock on the wall showed this; looks for a jump first.
   *
   * @param wallMillis what the clock showed when the reading was taken
   */
  public long segmentAt(long wallMillis) {
    look();
    synchronized (this) {
      if (wallMillis >= current.wallStart() - SLACK_MILLIS
          && wallMillis <= time.wallMillis() + SLACK_MILLIS) {
        return current.id();
      }
      for (Map.Entry<Long, Long> ended : wallEnds.descendingMap().entrySet()) {
        ClockSegment segment = segments.get(ended.getKey());
        if (segment != null
            && wallMillis >= segment.wallStart()
            && wallMillis <= ended.getValue() + SLACK_MILLIS) {
          return segment.id();
        }
      }
      return current.id();
    }
  }

  /** Begins a new segment when the clock was set since the last look; returns whether it was. */
  public boolean look() {
    synchronized (this) {
      long base = base();
      if (Math.abs(base - current.base()) <= JUMP_MILLIS) {
        return false;
      }
      Long before = current.offset();
      wallEnds.put(current.id(), current.base() + time.monotonicMillis());
      LOG.warn("The clock was set by {} ms", base - current.base());
      // The hub's time did not jump: what the clock gained the offset loses.
      current = begin(base, before == null ? null : before + current.base() - base);
    }
    jumped.run();
    return true;
  }

  /**
   * Takes a measurement: settles what is open, and begins a new segment when the clock has drifted
   * away from the settled offset.
   *
   * @param offset hub's clock minus the clock on the wall, milliseconds
   * @param uncertainty what the measurement may be wrong by; a smaller offset counts as none
   */
  public void measured(long offset, long uncertainty) {
    measured(base(), offset, uncertainty);
  }

  /**
   * Takes a measurement that was made while the clock stood so: one that was set since does not
   * make it wrong.
   *
   * @param at clock on the wall minus monotonic clock, milliseconds, during the measurement
   * @param offset hub's clock minus the clock on the wall, milliseconds
   * @param uncertainty what the measurement may be wrong by; a smaller offset counts as none
   */
  public void measured(long at, long offset, long uncertainty) {
    look();
    synchronized (this) {
      long base = base();
      long now = Math.abs(base - at) < SAME_MILLIS ? offset : offset + at - base;
      long rounded = Math.abs(now) <= uncertainty ? 0 : now;
      if (current.settled()
          && (current.offset() == null
              || Math.abs(current.offset() - rounded) > Math.max(DRIFT_MILLIS, uncertainty))) {
        wallEnds.put(current.id(), time.wallMillis());
        current = begin(base, rounded);
      }
      long hubBase = base + rounded;
      for (ClockSegment open : List.copyOf(segments.values())) {
        if (!open.settled() && open.boot().equals(time.boot())) {
          settle(open, open.id() == current.id() ? Long.valueOf(rounded) : hubBase - open.base());
        }
      }
    }
  }

  /**
   * The segment, settled where it can be.
   *
   * @return null when nothing is known of it
   */
  public synchronized @Nullable ClockSegment segment(long id) {
    return segments.get(id);
  }

  /** Whether a measurement could still settle the segment. */
  public synchronized boolean isOpen(long id) {
    ClockSegment segment = segments.get(id);
    return segment != null && !segment.settled() && segment.boot().equals(time.boot());
  }

  /** Settles the segment as never measured: its records are sent as they are. */
  public synchronized void giveUp(long id) {
    ClockSegment segment = segments.get(id);
    if (segment != null && !segment.settled()) {
      settle(segment, null);
    }
  }

  /** Hub's clock minus the clock on the wall, milliseconds; null when not measured. */
  public synchronized @Nullable Long offset() {
    return current.offset();
  }

  /** How long ago the clock showed this in the segment, milliseconds; null when nobody can tell. */
  public synchronized @Nullable Long age(long id, long wallMillis) {
    ClockSegment segment = segments.get(id);
    if (segment == null) {
      return null;
    }
    if (segment.boot().equals(time.boot())) {
      return time.monotonicMillis() - (wallMillis - segment.base());
    }
    return segment.offset() == null || current.offset() == null
        ? null
        : time.wallMillis() + current.offset() - wallMillis - segment.offset();
  }

  /** All that is known, oldest first. */
  public synchronized List<ClockSegment> segments() {
    return List.copyOf(segments.values());
  }

  /** Forgets what no record names any more. */
  public synchronized void forgetBefore(long id) {
    segments.headMap(Math.min(id, current.id())).clear();
    wallEnds.headMap(Math.min(id, current.id())).clear();
  }

  /** A machine that was started once and a process twice: the first's measurement still holds. */
  private void knownByBase() {
    for (ClockSegment earlier : segments.descendingMap().values()) {
      Long offset = earlier.offset();
      if (offset != null && earlier.boot().equals(current.boot())) {
        current =
            new ClockSegment(
                current.id(),
                current.boot(),
                current.base(),
                current.wallStart(),
                offset + earlier.base() - current.base(),
                true);
        put(current);
        return;
      }
    }
  }

  private ClockSegment begin(long base, @Nullable Long offset) {
    long id = segments.isEmpty() ? 1 : segments.lastKey() + 1;
    ClockSegment begun =
        new ClockSegment(id, time.boot(), base, time.wallMillis(), offset, offset != null);
    put(begun);
    return begun;
  }

  private void settle(ClockSegment open, @Nullable Long offset) {
    ClockSegment settled = open.settledAt(offset);
    if (open.id() == current.id()) {
      current = settled;
    }
    put(settled);
  }

  private void put(ClockSegment segment) {
    segments.put(segment.id(), segment);
    changed.accept(segment);
  }

  private synchronized long base() {
    for (int i = 0; ; i++) {
      long before = time.monotonicMillis();
      long wall = time.wallMillis();
      // Between the two looks the process may have been held up; then look again.
      if (time.monotonicMillis() - before < JUMP_MILLIS / 5 || i == 10) {
        return wall - before;
      }
    }
  }
}
