package io.caravanhub.core.rule;

import io.caravanhub.core.telemetry.Measurement;
import io.caravanhub.core.telemetry.Quality;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rules in force for one device with their windows. Not thread-safe. */
public final class DeviceState {
  /** How often what the clock alone tells is looked for elsewhere while its metric is not there. */
  private static final long UNKNOWN_MILLIS = 600_000;

  private final RuleDevice device;
  private final Peers peers;
  private final Set<String> asked = new HashSet<>();
  private Set<String> shared;
  private final List<RuleState> states = new ArrayList<>();
  private final List<RuleState> clocked = new ArrayList<>();
  private final List<RuleState> touched = new ArrayList<>();
  private final Map<String, Channel> channels = new HashMap<>();
  private final Moment now = new Moment();
  private RuleBook book;
  private int moment;
  private long madeAt;

  /** Nothing is known of its past. */
  public DeviceState(RuleDevice device, RuleBook book, Peers peers) {
    this.device = device;
    this.book = book;
    this.peers = peers;
    this.shared = book.sharedMetrics(device.tenant());
    this.asked.addAll(shared);
    List<Rule> rules = book.inForce(device).stream().map(RuleBook.Entry::rule).toList();
    Map<String, Long> horizons = horizons(rules);
    for (Rule rule : rules) {
      Gauges gauges =
          new Gauges(
              device,
              peers,
              book,
              metric -> channel(metric, horizons),
              rule.timing().fresh().toMillis());
      RuleState state = new RuleState(rule, gauges);
      states.add(state);
      if (state.clocked) {
        clocked.add(state);
      }
      rule.when().metrics().forEach(metric -> channel(metric, horizons).touches(state));
      if (rule.clear() != null) {
        rule.clear().metrics().forEach(metric -> channel(metric, horizons).touches(state));
      }
    }
  }

  private Channel channel(String metric, Map<String, Long> horizons) {
    return channels.computeIfAbsent(
        metric, name -> new Channel(name, horizons.getOrDefault(name, 0L)));
  }

  /** How far back single values of each metric count; windows keep their own. */
  private static Map<String, Long> horizons(List<Rule> rules) {
    Map<String, Long> horizons = new HashMap<>();
    for (Rule rule : rules) {
      for (Condition condition : rule.conditions()) {
        for (Condition.Compared compared : condition.comparisons()) {
          long horizon = rule.judgedMillis();
          compared.amount().metrics().forEach(m -> horizons.merge(m, horizon, Math::max));
        }
      }
    }
    return horizons;
  }

  /** The history of each metric that its rules depend on, in milliseconds. */
  public Map<String, Long> lookBackMillis() {
    Map<String, Long> back = new HashMap<>();
    for (RuleState state : states) {
      Rule rule = state.run.rule;
      long judged = rule.judgedMillis();
      for (Condition condition : rule.conditions()) {
        condition.metrics().forEach(metric -> back.merge(metric, judged, Math::max));
        for (Condition.Compared compared : condition.comparisons()) {
          long ago =
              compared.bound().limits().stream()
                  .mapToLong(limit -> limit instanceof Limit.Ago past ? past.time().toMillis() : 0)
                  .max()
                  .orElse(0);
          long needed = judged + Math.max(ago, compared.amount().lookBackMillis());
          compared.amount().metrics().forEach(metric -> back.merge(metric, needed, Math::max));
        }
      }
    }
    return back;
  }

  /** The rules it takes its own from. */
  public RuleBook book() {
    return book;
  }

  /** The device, as it was registered. */
  public RuleDevice device() {
    return device;
  }

  /** Until then it only learns. */
  public void settleUntil(long time) {
    for (RuleState state : states) {
      state.run.settleUntil(time);
    }
  }

  List<RuleState> states() {
    return states;
  }

  /** Whether there is something that only the clock tells. */
  public boolean watchesSilence() {
    return !clocked.isEmpty();
  }

  /** Whether something is raised that only the clock tells, such as silence. */
  public boolean isRaisedByClock() {
    for (RuleState state : clocked) {
      if (state.run.active()) {
        return true;
      }
    }
    return false;
  }

  /** Takes over a newer book when it says the same for this device; false when it does not. */
  public boolean adopt(RuleBook newer) {
    List<RuleBook.Entry> inForce = newer.inForce(device);
    if (inForce.size() != states.size()) {
      return false;
    }
    for (int i = 0; i < inForce.size(); i++) {
      Rule mine = states.get(i).run.rule;
      Rule other = inForce.get(i).rule();
      if (mine != other && !mine.equals(other) || !sameProgram(mine, newer)) {
        return false;
      }
    }
    book = newer;
    shared = newer.sharedMetrics(device.tenant());
    return true;
  }

  private boolean sameProgram(Rule rule, RuleBook newer) {
    if (newer.programs() == book.programs()) {
      return true;
    }
    for (Condition condition : rule.conditions()) {
      for (Condition.Compared compared : condition.comparisons()) {
        if (compared.amount() instanceof Amount.Program program
            && newer.programs().get(program.name()) != book.programs().get(program.name())) {
          return false;
        }
      }
    }
    return true;
  }

  /** Metrics that others have begun to ask for and were not told yet. */
  public Set<String> newlyShared() {
    if (asked.containsAll(shared)) {
      return Set.of();
    }
    Set<String> newly = new HashSet<>(shared);
    newly.removeAll(asked);
    return newly;
  }

  /** Tells others what the store has of these metrics. */
  public void tell(Set<String> metrics, List<Measurement> stored) {
    asked.addAll(metrics);
    for (Measurement measurement : stored) {
      peers.note(device, measurement.metric(), reading(measurement));
    }
  }

  /**
   * Takes the stored past, as far as it is needed to go on from there.
   *
   * @param hubStart when the hub began to listen: its own absence is nobody's silence
   */
  void replay(List<Measurement> past, long wall, long hubStart, List<Detection> out) {
    madeAt = wall;
    now.hubStart = hubStart;
    now.replay = true;
    accept(past, wall, out);
    now.replay = false;
  }

  /** The device was last heard then. */
  public void heard(long at) {
    now.heardAt = Math.max(now.heardAt, at);
  }

  /** When it was last heard, 0 when that is not known. */
  public long heardAt() {
    return now.heardAt;
  }

  /** Whether the clock has something to tell of it: what is raised, or is met now. */
  public boolean isMetByClock(long wall, long hubStart) {
    looksAt(wall, hubStart);
    for (RuleState state : clocked) {
      if (state.truth(now) == Watch.Truth.YES) {
        return true;
      }
    }
    return false;
  }

  /** Whether the clock has nothing to go by, while another hub may know better since. */
  public boolean isUnknownToClock(long wall, long hubStart) {
    looksAt(wall, hubStart);
    for (RuleState state : clocked) {
      if (state.truth(now) == Watch.Truth.UNKNOWN
          && (state.hearing || wall - madeAt >= UNKNOWN_MILLIS)) {
        return true;
      }
    }
    return false;
  }

  private void looksAt(long wall, long hubStart) {
    now.hubStart = hubStart;
    now.time = wall;
    now.wall = wall;
  }

  /** Whether all that the clock tells of it is how long it was not heard. */
  public boolean isClockedByHearing() {
    for (RuleState state : clocked) {
      if (!state.hearing) {
        return false;
      }
    }
    return true;
  }

  /** Takes measurements in the order of their times and adds what they led to. */
  public void accept(List<Measurement> measurements, long wall, List<Detection> out) {
    List<Measurement> watched = new ArrayList<>(4);
    for (Measurement measurement : measurements) {
      if (measurement.quality() == Quality.GOOD) {
        if (channels.containsKey(measurement.metric())) {
          watched.add(measurement);
        }
        if (shared.contains(measurement.metric())) {
          peers.note(device, measurement.metric(), reading(measurement));
        }
      }
    }
    if (watched.size() > 1) {
      watched.sort(Comparator.comparing(Measurement::ts));
    }
    for (int from = 0; from < watched.size(); ) {
      long time = watched.get(from).ts().toEpochMilli();
      begin();
      int to = from;
      while (to < watched.size() && watched.get(to).ts().toEpochMilli() == time) {
        Measurement next = watched.get(to++);
        take(next.metric(), time, next.value(), next.text(), next.unit());
      }
      settle(time, wall, out);
      from = to;
    }
  }

  private static Peers.Reading reading(Measurement measurement) {
    return new Peers.Reading(
        measurement.ts().toEpochMilli(), measurement.value(), measurement.text());
  }

  /** Begins a moment: readings of one time, in any order, that are looked at together. */
  public void begin() {
    moment++;
    touched.clear();
  }

  /** Takes one reading of the moment. */
  public void take(
      String metric, long time, double value, @Nullable String text, @Nullable String unit) {
    Channel channel = channels.get(metric);
    if (channel == null) {
      return;
    }
    List<RuleState> concerned = channel.states;
    if (channel.take(time, value, text, unit)) {
      for (int i = 0; i < concerned.size(); i++) {
        RuleState state = concerned.get(i);
        if (state.touch(moment)) {
          touched.add(state);
        }
      }
    } else if (time < channel.series.latestTime()) {
      Watch.Late late = new Watch.Late(metric, time, value, text);
      long next = channel.series.nextAfter(time);
      for (RuleState state : concerned) {
        state.late(late, next);
      }
    }
  }

  /** Ends a moment: looks at the rules it concerns. */
  public void settle(long time, long wall, List<Detection> out) {
    now.time = time;
    now.wall = wall;
    for (int i = 0; i < touched.size(); i++) {
      RuleState state = touched.get(i);
      if (!state.run.settled(time)) {
        state.evaluate(now, device, out);
      }
    }
  }

  /** Clears a silence that the device has just broken. */
  public void speaks(long wall, List<Detection> out) {
    now.heardAt = wall;
    if (!clocked.isEmpty()) {
      look(wall, true, out);
    }
  }

  /** Looks at what only the clock tells. Time in which the hub itself was down does not count. */
  public void listen(long wall, long hubStart, List<Detection> out) {
    now.hubStart = hubStart;
    look(wall, false, out);
  }

  private void look(long wall, boolean activeOnly, List<Detection> out) {
    now.time = wall;
    now.wall = wall;
    now.byClock = true;
    for (RuleState state : clocked) {
      if (!activeOnly || state.run.active()) {
        state.evaluate(now, device, out);
      }
    }
    now.byClock = false;
  }
}
