package io.caravanhub.core.rule;

import io.caravanhub.core.telemetry.Measurement;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What was kept of one device, from which the state of its rules is rebuilt. */
public interface DevicePast {
  /** How far back the values that other devices may ask for are looked for. */
  long SHARED_MILLIS = 600_000;

  /** Readings that were stored and perhaps not judged are judged again when no older than this. */
  long UNJUDGED_MILLIS = 3_600_000;

  /** All that is stored may be taken for judged. */
  long NOTHING_UNJUDGED = Long.MAX_VALUE;

  /**
   * The newest event of a rule on the device.
   *
   * @param openedAt when its signal was raised last, which is what it is cleared by
   * @param endedAt null while it is open
   */
  record LastEvent(String ruleId, Instant openedAt, @Nullable Instant endedAt) {}

  /** The newest event of each rule. */
  List<LastEvent> lastEvents();

  /**
   * The good values of the metrics in the order of their times, each from so many milliseconds
   * before the newest of all.
   */
  List<Measurement> recent(Map<String, Long> lookBackMillis);

  /**
   * The same, from so many milliseconds before a reading that may not have been judged, when that
   * is at most {@value #UNJUDGED_MILLIS} ms older than the newest. Of each metric the value before
   * those, too, where it is known at once: what lasts may have begun with it.
   *
   * @param unjudged the reading's time, or {@link #NOTHING_UNJUDGED}
   */
  default List<Measurement> recent(Map<String, Long> lookBackMillis, long unjudged) {
    return recent(lookBackMillis);
  }

  /** When the device last said anything that was not bad. */
  Optional<Instant> lastHeard();

  /**
   * The state as it would be had it never been forgotten.
   *
   * @param wall the clock
   * @param listening since when its readings are taken: what was before is nobody's silence
   * @param out takes what the past tells that was not told yet
   */
  default DeviceState rebuild(
      RuleDevice device,
      RuleBook book,
      Peers peers,
      long wall,
      long listening,
      List<Detection> out) {
    return rebuild(device, book, peers, wall, listening, NOTHING_UNJUDGED, out);
  }

  /**
   * The same of a device that another hub has listened to, and may have stored readings of without
   * judging them.
   *
   * @param unjudged time of the first such reading
   */
  default DeviceState rebuild(
      RuleDevice device,
      RuleBook book,
      Peers peers,
      long wall,
      long listening,
      long unjudged,
      List<Detection> out) {
    long margin = 60_000;
    DeviceState state = new DeviceState(device, book, peers);
    Map<String, Long> back = state.lookBackMillis();
    Set<String> own = Set.copyOf(back.keySet());
    // What others ask of it has to be known again as well.
    book.sharedMetrics(device.tenant())
        .forEach(metric -> back.merge(metric, SHARED_MILLIS, Math::max));
    if (state.states().isEmpty() && back.isEmpty()) {
      return state;
    }
    back.replaceAll((metric, millis) -> millis + margin);
    List<Measurement> recent = back.isEmpty() ? List.of() : recent(back, unjudged);
    long newest =
        recent.stream()
            .filter(measurement -> own.contains(measurement.metric()))
            .mapToLong(measurement -> measurement.ts().toEpochMilli())
            .max()
            .orElse(0);
    Set<String> there = recent.stream().map(Measurement::metric).collect(Collectors.toSet());
    Map<String, LastEvent> events = new HashMap<>();
    lastEvents().forEach(event -> events.put(event.ruleId(), event));
    for (RuleState rule : state.states()) {
      LastEvent event = events.get(rule.run.rule.id());
      if (event != null) {
        rule.goOn(event);
      }
      // What came before is looked at for its windows alone: a rule that is new says nothing of it.
      // What it asks of others is known as it is now, so of the past only the newest is judged.
      long judged = rule.run.rule.asksOthers(there) ? 0 : rule.run.rule.judgedMillis() + margin;
      long settled = newest - judged - 1;
      if (judged > 0) {
        boolean late = unjudged <= newest && newest - unjudged <= UNJUDGED_MILLIS;
        settled = before(rule.run.rule, recent, late ? Math.min(settled, unjudged - 1) : settled);
      }
      rule.run.settleUntil(settled);
    }
    if (state.watchesSilence()) {
      lastHeard().map(Instant::toEpochMilli).ifPresent(state::heard);
    }
    state.replay(recent, wall, listening, out);
    Logger log = LoggerFactory.getLogger(DevicePast.class);
    log.debug("Rebuilt the rules of {} from {} values", device.serial(), recent.size());
    return state;
  }

  /** What has to last may have begun with the reading before those that are judged. */
  private static long before(Rule rule, List<Measurement> recent, long settled) {
    long lasting = rule.judgedMillis() - rule.timing().clearFor().toMillis();
    if (lasting == 0) {
      return settled;
    }
    Set<String> metrics =
        rule.conditions().stream()
            .flatMap(condition -> condition.metrics().stream())
            .collect(Collectors.toSet());
    long last = Long.MIN_VALUE;
    for (Measurement measurement : recent) {
      long time = measurement.ts().toEpochMilli();
      if (time > settled) {
        break;
      }
      last = metrics.contains(measurement.metric()) ? time : last;
    }
    return last != Long.MIN_VALUE && settled - last <= RuleRun.longestGap(lasting)
        ? last - 1
        : settled;
  }
}
