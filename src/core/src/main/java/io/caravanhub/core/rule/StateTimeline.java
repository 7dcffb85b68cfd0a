package io.caravanhub.core.rule;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * When within a moving window a metric was in a state. A reading holds until the next, but not over
 * a gap longer than {@value #LONGEST_GAP} ms or a quarter of the window: of that time nothing is
 * known. Not thread-safe.
 */
final class StateTimeline {
  private static final long LONGEST_GAP = 300_000;

  /** The longest time between two readings of which the first lies before the window. */
  private static final long MOST_BETWEEN = 1_800_000;

  /** How much of the window must be known before a share of it is told. */
  private static final double KNOWN = 0.9;

  private static final class Span {
    private final long from;
    private long to;
    private final boolean on;

    Span(long from, boolean on) {
      this.from = from;
      this.to = from;
      this.on = on;
    }
  }

  private final long window;
  private final long gap;
  private final Deque<Span> spans = new ArrayDeque<>();
  private final Deque<Long> beginnings = new ArrayDeque<>();
  private long known;
  private long on;

  StateTimeline(long window) {
    this.window = window;
    this.gap = Math.max(LONGEST_GAP, window / 4);
  }

  /** The history that tells what a window holds: what was before it says what began in it. */
  static long lookBack(long window) {
    return window + Math.max(MOST_BETWEEN, window / 4);
  }

  /** A reading; NaN says nothing. */
  void add(long time, double state) {
    if (Double.isNaN(state)) {
      return;
    }
    boolean now = state > 0.5;
    Span last = spans.peekLast();
    boolean close = last != null && time - last.to <= gap;
    if (last != null && close) {
      known += time - last.to;
      on += last.on ? time - last.to : 0;
      last.to = time;
    }
    if (last == null || !close || last.on != now) {
      spans.addLast(new Span(time, now));
      if (now && last != null && !last.on) {
        beginnings.addLast(time);
      }
    }
    forget(time - window);
  }

  private void forget(long before) {
    while (spans.size() > 1 && spans.getFirst().to <= before) {
      Span gone = spans.removeFirst();
      known -= gone.to - gone.from;
      on -= gone.on ? gone.to - gone.from : 0;
    }
    while (!beginnings.isEmpty() && beginnings.getFirst() <= before) {
      beginnings.removeFirst();
    }
  }

  /** Percent of the window in the state, up to the latest reading; NaN until enough is known. */
  double share() {
    if (spans.isEmpty()) {
      return Double.NaN;
    }
    long begin = spans.getLast().to - window;
    Span oldest = spans.getFirst();
    long cut = Math.max(0, Math.min(oldest.to, begin) - oldest.from);
    long inWindow = known - cut;
    return inWindow < KNOWN * window ? Double.NaN : 100.0 * (on - (oldest.on ? cut : 0)) / inWindow;
  }

  /** How often the state began within the window that ends then. */
  int count(long time) {
    forget(time - window);
    return beginnings.size();
  }
}
