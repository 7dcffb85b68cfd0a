package io.caravanhub.core.rule;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One metric of one device with everything that looks at it. Not thread-safe. */
final class Channel {
  private record Taker(Gauge gauge, int metric) {}

  private record Windowed(long millis, MovingWindow window, boolean ordered) {}

  private record Changing(long millis, Series series) {}

  final String metric;
  final Series series;
  final List<RuleState> states = new ArrayList<>(4);
  private final List<Windowed> windows = new ArrayList<>(2);
  private final List<Changing> changes = new ArrayList<>(2);
  private final List<Taker> takers = new ArrayList<>(2);

  Channel(String metric, long horizon) {
    this.metric = metric;
    this.series = new Series(horizon);
  }

  void touches(RuleState state) {
    if (!states.contains(state)) {
      states.add(state);
    }
  }

  void feeds(Gauge gauge, int asMetric) {
    takers.add(new Taker(gauge, asMetric));
  }

  /** The window of that length, shared by all who look at it. */
  MovingWindow window(long millis, boolean ordered) {
    for (Windowed known : windows) {
      if (known.millis() == millis && known.ordered() == ordered) {
        return known.window();
      }
    }
    MovingWindow window = new MovingWindow(millis, ordered);
    windows.add(new Windowed(millis, window, ordered));
    return window;
  }

  /** The values of the last so many milliseconds, as fine as that length wants them. */
  Series lasting(long millis) {
    for (Changing known : changes) {
      if (known.millis() == millis) {
        return known.series();
      }
    }
    Series made = new Series(millis);
    changes.add(new Changing(millis, made));
    return made;
  }

  /** Takes a reading; false when it is late or known already. */
  boolean take(long time, double value, @Nullable String text, @Nullable String unit) {
    if (time == series.latestTime()) {
      return false;
    }
    boolean newest = series.add(time, value, text, unit);
    for (int i = 0; i < windows.size(); i++) {
      windows.get(i).window().add(time, value);
    }
    for (int i = 0; i < changes.size(); i++) {
      changes.get(i).series().add(time, value, null, null);
    }
    if (!newest) {
      return false;
    }
    for (int i = 0; i < takers.size(); i++) {
      Taker taker = takers.get(i);
      taker.gauge().take(taker.metric(), time, value, text);
    }
    return true;
  }

  /** Whether its latest value says something about that time. */
  boolean isFresh(long time, long fresh) {
    return !series.isEmpty() && time - series.latestTime() <= fresh;
  }
}
