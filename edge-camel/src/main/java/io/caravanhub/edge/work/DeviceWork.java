package io.caravanhub.edge.work;

import io.caravanhub.core.work.Aggregate;
import io.caravanhub.core.work.WorkRule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The work on one device's readings. What is sent besides the message at hand (windows that it
 * closed, the raw past that it makes interesting) is given out first. Thread-safe.
 */
final class DeviceWork {
  private final String device;
  private final WorkCounts counts;
  private final AtomicLong used;
  private final Consumer<byte[]> out;
  // Short ones first, whose ends come first.
  private final Map<Long, Window> windows = new TreeMap<>();
  private SeriesTable table = new SeriesTable(this::series);
  private CanonicalMessage message = new CanonicalMessage(table);
  private WorkSettings settings;
  private @Nullable BurstState burst;
  private final int[] causes = new int[Swallowed.values().length];
  private byte[] last = {};
  private byte @Nullable [] lastRest;

  /**
   * Work that has seen nothing yet.
   *
   * @param used bytes of raw readings held for all devices
   * @param out takes the messages to send besides, in order
   */
  DeviceWork(
      String device,
      WorkSettings settings,
      WorkCounts counts,
      AtomicLong used,
      Consumer<byte[]> out) {
    this.device = device;
    this.settings = settings;
    this.counts = counts;
    this.used = used;
    this.out = out;
    this.burst = BurstState.of(device, settings, counts, used);
  }

  /** Goes by other rules from now on; open windows are closed and given out first. */
  synchronized void follow(WorkSettings fresh) {
    if (fresh == settings) {
      return;
    }
    closeAll();
    if (burst != null) {
      burst.end();
    }
    settings = fresh;
    windows.clear();
    table = new SeriesTable(this::series);
    message = new CanonicalMessage(table);
    burst = BurstState.of(device, fresh, counts, used);
  }

  private Series series(String metric) {
    WorkRule rule = settings.rule(device, metric);
    Aggregate aggregate = rule == null ? null : rule.aggregate();
    Window window =
        aggregate == null
            ? null
            : windows.computeIfAbsent(
                aggregate.window().toNanos(), length -> new Window(aggregate));
    Series fresh = new Series(metric, rule, window);
    if (window != null && aggregate != null) {
      window.join(fresh, aggregate);
    }
    return fresh;
  }

  /**
   * Works on a message. The same message given again, because what came after failed, has the same
   * outcome and counts once.
   *
   * @param windowed whether its numbers may go into windows
   * @return what remains of it: itself when nothing was taken out, null when everything was
   */
  synchronized byte @Nullable [] take(byte[] body, boolean windowed) {
    if (Arrays.equals(body, last)) {
      return lastRest;
    }
    if (!message.read(body)) {
      counts.untouched.increment();
      return body;
    }
    close(window -> window.closedBy(message.at()), window -> window.startsAfter(message.at()));
    boolean unusual = false;
    Arrays.fill(causes, 0);
    for (int i = 0; i < message.count(); i++) {
      Series series = message.series(i);
      if (series != null) {
        Swallowed cause = series.take(message, i, windowed);
        unusual |= burst != null && series.unusual(message, i);
        if (cause != null) {
          message.drop(i);
          causes[cause.ordinal()]++;
        }
      }
    }
    byte[] rest = message.remainder();
    boolean whole = false;
    if (burst != null) {
      whole = burst.take(body, rest, message, unusual, out);
      rest = whole ? burst.mark(body, message) : rest;
    }
    counts.took(message.count(), causes, whole);
    last = body;
    lastRest = rest;
    return rest;
  }

  /** An event of the device: it may set off a burst. */
  synchronized void event() {
    if (burst != null) {
      burst.event(out);
    }
  }

  /** Closes the windows whose time is over though no reading said so. */
  synchronized void closeOverdue(long nanoTime) {
    close(window -> window.overdue(nanoTime), window -> false);
  }

  /** Closes every window, at a stop. */
  synchronized void closeAll() {
    close(Window::isOpen, window -> true);
  }

  private void close(Predicate<Window> which, Predicate<Window> early) {
    for (Window window : windows.values()) {
      if (which.test(window)) {
        Closed closed = window.close(early.test(window));
        send(closed);
      }
    }
  }

  private void send(Closed closed) {
    if (!closed.sums().isEmpty()) {
      counts.windows.increment();
      counts.partial.add(closed.partial() ? 1 : 0);
      counts.aggregates.add(closed.readings());
      out.accept(closed.message(device));
    }
  }

  /** What was given on did not arrive: the next reading of each metric passes. */
  synchronized void forget() {
    table.all().forEach(Series::forget);
  }

  /** Its open windows. */
  synchronized List<Window.Kept> keep() {
    List<Window.Kept> kept = new ArrayList<>();
    windows.values().stream().map(Window::keep).filter(Objects::nonNull).forEach(kept::add);
    return kept;
  }

  /**
   * Goes on with a window that another run of the gateway had open. What no rule asks for any more
   * is closed and given out.
   */
  synchronized void resume(Window.Kept kept) {
    Window window = null;
    List<KeptSeries> unasked = new ArrayList<>();
    for (KeptSeries one : kept.series()) {
      Series series = table.find(one.metric());
      Window of = series == null ? null : series.window();
      if (series != null && of != null && of.length() == kept.length()) {
        one.into(series);
        window = of;
      } else {
        unasked.add(one);
      }
    }
    send(Closed.of(kept, unasked));
    if (window != null) {
      window.resume(kept);
      counts.resumed.increment();
    }
  }
}
