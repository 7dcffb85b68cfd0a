package io.caravanhub.hub.rules;

import io.caravanhub.core.telemetry.Measurement;
import io.caravanhub.core.telemetry.Quality;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The rules in force for one device with their windows. Not thread-safe. */
final class DeviceState {
  /** A context value older than this says nothing about now. */
  private static final long FRESH_MILLIS = 600_000;

  final RuleDevice device;
  private final List<RuleRun> runs = new ArrayList<>();
  private final Map<String, Series> series = new HashMap<>();
  private final Map<String, List<RuleRun>> byMetric = new HashMap<>();
  private final List<RuleRun> silence = new ArrayList<>();
  private RuleBook book;
  private long heardAt;

  DeviceState(RuleDevice device, RuleBook book, List<RuleBook.Entry> inForce) {
    this.device = device;
    this.book = book;
    Map<String, Long> horizons = new HashMap<>();
    for (RuleBook.Entry entry : inForce) {
      Rule rule = entry.rule();
      RuleRun run = new RuleRun(rule, entry.index());
      runs.add(run);
      if (rule.when().subject() == Term.Subject.SILENCE) {
        silence.add(run);
      } else {
        byMetric.computeIfAbsent(rule.when().metric(), m -> new ArrayList<>()).add(run);
        horizons.merge(rule.when().metric(), rule.windowMillis(), Math::max);
      }
      rule.context().forEach(term -> horizons.merge(term.metric(), 0L, Math::max));
    }
    horizons.forEach((metric, horizon) -> series.put(metric, new Series(horizon)));
  }

  RuleBook book() {
    return book;
  }

  List<RuleRun> runs() {
    return runs;
  }

  Set<String> metrics() {
    return series.keySet();
  }

  boolean watchesSilence() {
    return !silence.isEmpty();
  }

  long lookBackMillis() {
    return runs.stream().mapToLong(run -> run.rule.lookBackMillis()).max().orElse(0);
  }

  /** Takes over a newer book when it says the same for this device; false when it does not. */
  boolean adopt(RuleBook newer) {
    List<RuleBook.Entry> inForce = newer.inForce(device);
    if (!inForce.stream()
        .map(RuleBook.Entry::rule)
        .toList()
        .equals(runs.stream().map(run -> run.rule).toList())) {
      return false;
    }
    for (int i = 0; i < runs.size(); i++) {
      runs.get(i).renumber(inForce.get(i).index());
    }
    book = newer;
    return true;
  }

  /** Goes on with an event of the run that is open in the store. */
  void resume(RuleRun run, long onset) {
    run.resume(onset);
    Series watched = series.get(run.rule.when().metric());
    if (watched != null && run.rule.when().subject() == Term.Subject.STUCK) {
      watched.stuckSince(onset);
    }
  }

  void heard(long at) {
    heardAt = Math.max(heardAt, at);
  }

  /** Takes measurements in the order of their times and adds what they led to. */
  void accept(List<Measurement> measurements, long wall, List<Detection> out) {
    List<Measurement> watched = new ArrayList<>(4);
    for (Measurement measurement : measurements) {
      if (measurement.quality() == Quality.GOOD && series.containsKey(measurement.metric())) {
        watched.add(measurement);
      }
    }
    if (watched.size() > 1) {
      watched.sort(Comparator.comparing(Measurement::ts));
    }
    for (int from = 0; from < watched.size(); ) {
      int to = from + 1;
      while (to < watched.size() && watched.get(to).ts().equals(watched.get(from).ts())) {
        to++;
      }
      acceptMoment(watched.subList(from, to), wall, out);
      from = to;
    }
  }

  private void acceptMoment(List<Measurement> moment, long wall, List<Detection> out) {
    long time = moment.get(0).ts().toEpochMilli();
    Set<RuleRun> touched = new LinkedHashSet<>();
    for (Measurement measurement : moment) {
      Series taking = series.get(measurement.metric());
      List<RuleRun> concerned = byMetric.getOrDefault(measurement.metric(), List.of());
      if (taking == null) {
        continue;
      }
      if (taking.add(time, measurement.value(), measurement.text(), measurement.unit())) {
        touched.addAll(concerned);
      } else {
        concerned.forEach(run -> late(run, taking, time, measurement.value()));
      }
    }
    touched.removeIf(run -> run.settled(time));
    if (!touched.isEmpty()) {
      evaluate(touched, time, wall, out);
    }
  }

  private static void late(RuleRun run, Series taking, long time, double value) {
    Term when = run.rule.when();
    if (when.subject() == Term.Subject.VALUE
        && (when.above() ? value <= when.limit() : value >= when.limit())) {
      run.interrupt(time, taking.nextAfter(time));
    }
  }

  /** Clears a silence that the device has just broken. */
  void speaks(long wall, List<Detection> out) {
    heardAt = wall;
    for (RuleRun run : silence) {
      if (run.active()) {
        evaluate(Set.of(run), wall, wall, out);
      }
    }
  }

  /** Checks for silence. Time in which the hub itself was down does not count. */
  void listen(long wall, long hubStart, List<Detection> out) {
    for (RuleRun run : silence) {
      long quiet = wall - Math.max(heardAt, hubStart);
      if (heardAt > 0 && (run.active() || quiet >= run.rule.when().limit() * 1000)) {
        evaluate(Set.of(run), wall, wall, out);
      }
    }
  }

  /** An idle rule whose number does not reach the limit stays idle; the others go to Drools. */
  private void evaluate(Set<RuleRun> touched, long time, long wall, List<Detection> out) {
    List<Sample> facts = new ArrayList<>(touched.size());
    Map<RuleRun, Sample> heads = new LinkedHashMap<>();
    for (RuleRun run : touched) {
      double number = number(run.rule.when(), wall);
      if (Double.isNaN(number)) {
        continue;
      }
      if (!run.active() && !run.rule.when().reachedBy(number)) {
        run.rest(time);
        continue;
      }
      Sample head = new Sample(run.index(), 0, run.active(), number);
      heads.put(run, head);
      facts.add(head);
      addContext(run, time, facts);
    }
    if (!facts.isEmpty()) {
      book.program().run(facts);
      heads.forEach((run, head) -> step(run, head, time, wall, out));
    }
  }

  private void step(RuleRun run, Sample head, long time, long wall, List<Detection> out) {
    boolean inContext = run.rule.context().isEmpty() || head.inContext();
    long since = since(run.rule.when(), time);
    Detection.Kind kind = run.step(time, since, head.met(), inContext, wall);
    if (kind != null) {
      Series watched = series.get(run.rule.when().metric());
      boolean elapsed =
          run.rule.when().subject() == Term.Subject.STUCK
              || run.rule.when().subject() == Term.Subject.SILENCE;
      out.add(
          new Detection(
              kind,
              device,
              run.rule,
              Instant.ofEpochMilli(run.onset()),
              Instant.ofEpochMilli(time),
              head.getNumber(),
              elapsed ? "s" : watched == null ? null : watched.unit()));
    }
  }

  private void addContext(RuleRun run, long time, List<Sample> facts) {
    int part = 1;
    for (Term term : run.rule.context()) {
      Series known = series.get(term.metric());
      boolean fresh = known != null && time - known.latestTime() <= FRESH_MILLIS;
      double number = fresh ? number(term, time) : Double.NaN;
      if (!Double.isNaN(number)) {
        facts.add(new Sample(run.index(), part, false, number));
      }
      part++;
    }
  }

  private long since(Term when, long time) {
    Series watched = series.get(when.metric());
    return switch (when.subject()) {
      case SILENCE -> heardAt;
      case STUCK -> watched == null ? time : watched.changedAt();
      default -> time;
    };
  }

  private double number(Term term, long wall) {
    if (term.subject() == Term.Subject.SILENCE) {
      return (wall - heardAt) / 1000.0;
    }
    Series watched = series.get(term.metric());
    if (watched == null || watched.isEmpty()) {
      return Double.NaN;
    }
    return switch (term.subject()) {
      case CHANGE -> watched.change(term.window().toMillis());
      case STUCK -> watched.stuckSeconds();
      case TEXT -> watched.text() == null ? Double.NaN : watched.text().equals(term.text()) ? 1 : 0;
      default -> watched.latest();
    };
  }
}
