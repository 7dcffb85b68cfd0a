package io.caravanhub.hub.rules;

import io.caravanhub.core.rule.Detection;
import io.caravanhub.core.rule.DeviceState;
import io.caravanhub.core.rule.KnownMetrics;
import io.caravanhub.core.rule.Peers;
import io.caravanhub.core.rule.Rule;
import io.caravanhub.core.rule.RuleBook;
import io.caravanhub.core.rule.RuleDevice;
import io.caravanhub.core.rule.RuleReader;
import io.caravanhub.core.telemetry.Measurement;
import io.caravanhub.core.telemetry.Quality;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Rules from text and one device that tells them what it measures, second by second. */
final class RuleStory {
  static final Instant START = Instant.parse("2026-03-01T08:00:00Z");
  static final RuleDevice DEVICE =
      new RuleDevice("default", "d-1", "RTU-9", "rooftop_unit", "Acme", "One", "roof-9");

  private final DeviceState state;
  private long clock = START.toEpochMilli();
  final List<Detection> told = new ArrayList<>();

  private RuleStory(DeviceState state) {
    this.state = state;
  }

  static RuleStory of(String yaml) {
    RuleBook book = book(yaml);
    return new RuleStory(new DeviceState(DEVICE, book, new Peers()));
  }

  /** The same rules on a device of its own that hears of the others. */
  static RuleStory of(String yaml, RuleDevice device, Peers peers) {
    return new RuleStory(new DeviceState(device, book(yaml), peers));
  }

  /** The rules of a book. */
  static RuleStory on(RuleBook book) {
    return new RuleStory(new DeviceState(DEVICE, book, new Peers()));
  }

  /** The rule {@code r} with more fields than {@code when}. */
  static String rule(String when, String more) {
    return "rules: [{id: r, when: " + when + ", " + more + ", " + event() + "}]";
  }

  /** The hub's clock goes on, and it looks at those who say nothing. */
  RuleStory clock(int second) {
    state.listen(START.plusSeconds(second).toEpochMilli(), START.toEpochMilli(), told);
    return this;
  }

  /** A reading that the hub has at once, as it does live. */
  RuleStory live(int second, String metric, double value) {
    long wall = START.plusSeconds(second).toEpochMilli();
    state.accept(
        List.of(Measurement.of(metric, START.plusSeconds(second), value, "Cel")), wall, told);
    state.speaks(wall, told);
    return this;
  }

  static RuleBook book(String yaml) {
    List<RuleBook.Entry> entries = new ArrayList<>();
    for (Rule rule : RuleReader.file(yaml, KnownMetrics.ANY)) {
      entries.add(new RuleBook.Entry(null, rule, "story.yaml"));
    }
    return new RuleBook(entries);
  }

  /** A rule {@code r} with the given {@code when}. */
  static String rule(String when) {
    return "rules: [{id: r, when: " + when + ", " + event() + "}]";
  }

  static String event() {
    return "event: {type: likely_failure, severity: high, family: f, message: '{metric} {value}'}";
  }

  RuleStory measure(int second, String metric, double value) {
    return take(Measurement.of(metric, START.plusSeconds(second), value, "Cel"));
  }

  RuleStory measureBad(int second, String metric, double value) {
    Instant ts = START.plusSeconds(second);
    return take(new Measurement(metric, ts, value, null, "Cel", Quality.BAD, "no answer"));
  }

  RuleStory take(Measurement... measurements) {
    for (Measurement measurement : measurements) {
      clock = Math.max(clock, measurement.ts().toEpochMilli());
    }
    state.accept(List.of(measurements), clock, told);
    return this;
  }

  /** What was told, as {@code RAISE@12 CLEAR@20}: kinds with the seconds of their measurements. */
  String plot() {
    return String.join(
        " ",
        told.stream()
            .filter(d -> d.kind() != Detection.Kind.ACTIVE)
            .map(d -> d.kind() + "@" + (d.at().getEpochSecond() - START.getEpochSecond()))
            .toList());
  }
}
