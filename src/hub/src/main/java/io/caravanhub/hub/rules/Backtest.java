package io.caravanhub.hub.rules;

import io.caravanhub.core.rule.Amount;
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
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One rule over the stored past of one device: the same code as live, shown the readings in the
 * order of their times, with a clock that goes by them. Not thread-safe.
 */
final class Backtest {
  private static final Duration SLICE = Duration.ofDays(7);
  private static final long TICK_MILLIS = 3_000;

  private final StoredSeries store;
  private final DeviceState state;
  private final boolean hearsAll;
  private final List<Detection> told = new ArrayList<>();
  private long readings;
  private long clock;
  private boolean stopped;

  Backtest(
      StoredSeries store,
      RuleDevice device,
      Rule rule,
      Map<String, RuleProgram> programs,
      ExpressionCosts costs) {
    this.store = store;
    this.hearsAll =
        rule.conditions().stream()
            .flatMap(condition -> condition.comparisons().stream())
            .anyMatch(compared -> compared.amount() instanceof Amount.Silence);
    RuleBook.Entry entry = new RuleBook.Entry(null, rule.as(rule.id(), true), "");
    RuleBook book = new RuleBook(List.of(entry), programs, costs);
    this.state = new DeviceState(device, book, new Peers());
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
   * What the rule would have told from then to then; it learns from what came before.
   *
   * @param deadline of {@link System#nanoTime}
   */
  List<Detection> run(Instant from, Instant to, long deadline) {
    Map<String, Long> back = state.lookBackMillis();
    long learned = back.values().stream().mapToLong(Long::longValue).max().orElse(0);
    state.settleUntil(from.toEpochMilli() - 1);
    for (Instant at = from.minusMillis(learned); at.isBefore(to); at = at.plus(SLICE)) {
      if (System.nanoTime() - deadline > 0) {
        stopped = true;
        return told;
      }
      Instant end = at.plus(SLICE).isBefore(to) ? at.plus(SLICE) : to;
      merge(
          store.of(state.device(), hearsAll ? null : back.keySet(), at, end), from.toEpochMilli());
    }
    listen(to.toEpochMilli(), from.toEpochMilli());
    return told;
  }

  private void merge(List<StoredSeries.Readings> series, long from) {
    int[] next = new int[series.size()];
    for (long time = earliest(series, next); time < Long.MAX_VALUE; time = earliest(series, next)) {
      listen(time, from);
      state.begin();
      for (int i = 0; i < next.length; i++) {
        StoredSeries.Readings one = series.get(i);
        while (next[i] < one.times().length && one.times()[next[i]] == time) {
          int at = next[i]++;
          @Nullable String text = one.texts() == null ? null : one.texts()[at];
          state.take(one.metric(), time, one.values()[at], text, one.unit());
          readings++;
        }
      }
      state.settle(time, time, told);
      state.speaks(time, told);
      clock = time;
    }
  }

  private static long earliest(List<StoredSeries.Readings> series, int[] next) {
    long earliest = Long.MAX_VALUE;
    for (int i = 0; i < next.length; i++) {
      long[] times = series.get(i).times();
      earliest = next[i] < times.length ? Math.min(earliest, times[next[i]]) : earliest;
    }
    return earliest;
  }

  /**
   * Lets the clock go on to a time, as the hub looks every few seconds at those who say nothing.
   */
  private void listen(long until, long from) {
    if (!state.watchesSilence() || clock == 0) {
      return;
    }
    // A gap of days is looked at a thousand times at most.
    long tick = Math.max(TICK_MILLIS, (until - clock) / 1000);
    for (long wall = Math.max(clock + tick, from); wall < until; wall += tick) {
      state.listen(wall, 0, told);
    }
  }
}
