package io.caravanhub.hub.rules;

import io.caravanhub.core.rule.Detection;
import io.caravanhub.core.rule.DeviceState;
import io.caravanhub.core.rule.ExpressionCosts;
import io.caravanhub.core.rule.Peers;
import io.caravanhub.core.rule.Rule;
import io.caravanhub.core.rule.RuleBook;
import io.caravanhub.core.rule.RuleDevice;
import io.caravanhub.core.rule.RuleProgram;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One rule over the stored past of devices that it compares with one another: all of them are shown
 * their readings in the order of their times, so that each knows of the others what it would have
 * known then. Not thread-safe.
 */
final class BacktestGroup {
  private static final Duration LONGEST_SLICE = Duration.ofDays(7);
  private static final Duration SHORTEST_SLICE = Duration.ofHours(1);

  /** How many readings of one a minute are held at once, or so. */
  private static final long READINGS = 3_000_000;

  private static final long TICK_MILLIS = 10_000;
  private static final long MINUTES_A_WEEK = 10_080;

  /** A device; one that is only asked for its values has no state. */
  private record Member(RuleDevice device, @Nullable DeviceState state, Set<String> metrics) {}

  private static final class Cursor {
    private final Member member;
    private final StoredSeries.Readings series;
    private int next;

    Cursor(Member member, StoredSeries.Readings series) {
      this.member = member;
      this.series = series;
    }

    long time() {
      return series.times()[next];
    }

    @Nullable String text() {
      return series.texts() == null ? null : series.texts()[next];
    }
  }

  private final StoredSeries store;
  private final Peers peers = new Peers();
  private final Set<String> shared;
  private final List<DeviceState> clocked = new ArrayList<>();
  private final List<Member> members = new ArrayList<>();
  private final List<Detection> told = new ArrayList<>();
  private long readings;
  private boolean stopped;
  private long clock;
  private long from;

  /**
   * @param judged devices of the rule
   * @param asked devices that are only asked for their values
   */
  BacktestGroup(
      StoredSeries store,
      Collection<RuleDevice> judged,
      Collection<RuleDevice> asked,
      Rule rule,
      Map<String, RuleProgram> programs,
      ExpressionCosts costs) {
    this.store = store;
    this.shared = rule.sharedMetrics();
    RuleBook.Entry entry = new RuleBook.Entry(null, rule.as(rule.id(), true), "");
    RuleBook book = new RuleBook(List.of(entry), programs, costs);
    for (RuleDevice device : judged) {
      DeviceState state = new DeviceState(device, book, peers);
      Set<String> metrics = new HashSet<>(state.lookBackMillis().keySet());
      metrics.addAll(shared);
      members.add(new Member(device, state, metrics));
      if (state.watchesSilence()) {
        clocked.add(state);
      }
    }
    asked.forEach(device -> members.add(new Member(device, null, shared)));
  }

  /** How many readings it was shown. */
  long readings() {
    return readings;
  }

  /** Whether the time was over before the end. */
  boolean stopped() {
    return stopped;
  }

  /**
   * What the rule would have told from then to then.
   *
   * @param deadline of {@link System#nanoTime}
   */
  List<Detection> run(Instant from, Instant to, long deadline) {
    this.from = from.toEpochMilli();
    long learned = 0;
    long series = 0;
    for (Member member : members) {
      series += member.metrics.size();
      if (member.state != null) {
        learned = Math.max(learned, learned(member.state));
        member.state.settleUntil(from.toEpochMilli() - 1);
      }
    }
    Duration slice = slice(series);
    for (Instant at = from.minusMillis(learned); at.isBefore(to); at = at.plus(slice)) {
      if (System.nanoTime() - deadline > 0) {
        stopped = true;
        break;
      }
      Instant end = at.plus(slice).isBefore(to) ? at.plus(slice) : to;
      merge(at, end);
    }
    if (!stopped) {
      listen(to.toEpochMilli());
    }
    return told;
  }

  private static long learned(DeviceState state) {
    return state.lookBackMillis().values().stream().mapToLong(Long::longValue).max().orElse(0);
  }

  private static Duration slice(long series) {
    long weeks = Math.max(1, series * MINUTES_A_WEEK / READINGS);
    Duration slice = LONGEST_SLICE.dividedBy(weeks);
    return slice.compareTo(SHORTEST_SLICE) < 0 ? SHORTEST_SLICE : slice;
  }

  private void merge(Instant from, Instant to) {
    PriorityQueue<Cursor> due = new PriorityQueue<>(Comparator.comparingLong(Cursor::time));
    for (Member member : members) {
      for (StoredSeries.Readings series : store.of(member.device, member.metrics, from, to)) {
        due.add(new Cursor(member, series));
      }
    }
    List<Cursor> moment = new ArrayList<>();
    while (!due.isEmpty()) {
      long time = due.peek().time();
      while (!due.isEmpty() && due.peek().time() == time) {
        moment.add(due.poll());
      }
      listen(time);
      show(time, moment);
      clock = time;
      for (Cursor cursor : moment) {
        if (++cursor.next < cursor.series.times().length) {
          due.add(cursor);
        }
      }
      moment.clear();
    }
  }

  /** Lets the clock go on to a time, for what is noticed by it alone. */
  private void listen(long until) {
    if (clock == 0 || clocked.isEmpty()) {
      return;
    }
    long tick = Math.max(TICK_MILLIS, (until - clock) / 1000);
    for (long wall = Math.max(clock + tick, from); wall < until; wall += tick) {
      for (DeviceState state : clocked) {
        state.listen(wall, 0, told);
      }
    }
  }

  /** What was said at one time: first it is known of all, then it is judged device by device. */
  private void show(long time, List<Cursor> moment) {
    for (Cursor cursor : moment) {
      readings++;
      if (shared.contains(cursor.series.metric())) {
        double value = cursor.series.values()[cursor.next];
        Peers.Reading reading = new Peers.Reading(time, value, cursor.text());
        peers.note(cursor.member.device, cursor.series.metric(), reading);
      }
    }
    Set<DeviceState> begun = new HashSet<>();
    for (Cursor cursor : moment) {
      DeviceState state = cursor.member.state;
      if (state != null) {
        if (begun.add(state)) {
          state.begin();
        }
        StoredSeries.Readings one = cursor.series;
        state.take(one.metric(), time, one.values()[cursor.next], cursor.text(), one.unit());
      }
    }
    for (DeviceState state : begun) {
      state.settle(time, time, told);
      state.speaks(time, told);
    }
  }
}
