package io.caravanhub.edge.work;

import io.caravanhub.core.work.Aggregate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The windows of one length of one device, one after the other. A window begins at a multiple of
 * its length since 1970 in UTC and is closed by the first reading outside of it, or by a clock that
 * cannot be set once its time is over. What it came to is stamped with its last microsecond, where
 * no reading in milliseconds lies, so that it is in its own bucket and never in the place of a
 * reading. When that stamp would be used a second time, because the clock was set back, or before
 * the window is over, the last reading's time and some microseconds are taken. A window that is
 * closed before its end, or was not seen from its beginning, is partial. Not thread-safe.
 */
final class Window {
  private final long length;
  private final String label;
  private final List<Series> series = new ArrayList<>();
  private long grace;
  private boolean open;
  private boolean partial;
  private boolean first = true;
  private long start;
  private long lastAt;
  private long sentUpTo = Long.MIN_VALUE;
  private long due;
  private int irregular;

  Window(Aggregate aggregate) {
    length = aggregate.window().toNanos() / 1_000;
    label = aggregate.label();
  }

  void join(Series one, Aggregate aggregate) {
    series.add(one);
    grace = Math.max(grace, aggregate.grace().toNanos());
  }

  /** Microseconds. */
  long length() {
    return length;
  }

  String label() {
    return label;
  }

  /** A number of this time went into it. */
  void took(long at) {
    if (!open) {
      open = true;
      start = Math.floorDiv(at, length) * length;
      // Of the first one an earlier part may have gone unread.
      partial = first && at > start;
      first = false;
      due = System.nanoTime() + (start + length - at) * 1_000 + grace;
    }
    lastAt = at;
  }

  boolean isOpen() {
    return open;
  }

  /** Whether a reading of this time does not belong to it. */
  boolean closedBy(long at) {
    return open && (at < start || at >= start + length);
  }

  /** Whether a reading of this time is from before it: the clock was set back. */
  boolean startsAfter(long at) {
    return at < start;
  }

  boolean overdue(long nanoTime) {
    return open && nanoTime - due >= 0;
  }

  /**
   * Ends it.
   *
   * @param early whether its time is not over
   * @return what it came to
   */
  Closed close(boolean early) {
    long end = start + length;
    boolean regular = !early && end > sentUpTo;
    List<Closed.Sum> sums = new ArrayList<>();
    for (Series one : series) {
      if (one.statistics().count() > 0) {
        sums.add(Closed.Sum.of(one));
        one.statistics().clear();
      }
    }
    open = false;
    if (regular) {
      sentUpTo = end;
      return new Closed(start, end, end - 1, partial, label, sums);
    }
    // Times that a clock shows twice are still told apart.
    irregular = irregular % 900 + 1;
    return new Closed(start, end, lastAt + irregular, partial || early, label, sums);
  }

  /** What a killed gateway has to know to go on with it, or null when it is not open. */
  @Nullable Kept keep() {
    return open
        ? new Kept(
            length,
            start,
            lastAt,
            sentUpTo,
            series.stream().map(KeptSeries::of).filter(kept -> kept.count() > 0).toList())
        : null;
  }

  void resume(Kept kept) {
    open = true;
    first = false;
    // What was read after the state was written is not in it.
    partial = true;
    start = kept.start();
    lastAt = kept.lastAt();
    sentUpTo = kept.sentUpTo();
    due = System.nanoTime() + grace;
  }

  /** An open window as it is kept on disk; times in epoch microseconds. */
  record Kept(long length, long start, long lastAt, long sentUpTo, List<KeptSeries> series) {}
}
