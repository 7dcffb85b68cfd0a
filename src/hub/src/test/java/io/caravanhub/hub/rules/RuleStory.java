package io.caravanhub.hub.rules;

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
  final List<Detection> told = new ArrayList<>();

  private RuleStory(DeviceState state) {
    this.state = state;
  }

  static RuleStory of(String yaml) {
    RuleBook book = book(yaml);
    return new RuleStory(new DeviceState(DEVICE, book, book.inForce(DEVICE)));
  }

  static RuleBook book(String yaml) {
    List<RuleBook.Entry> entries = new ArrayList<>();
    for (Rule rule : RuleReader.file(yaml)) {
      entries.add(new RuleBook.Entry(entries.size(), null, rule, "story.yaml"));
    }
    return RuleBook.compile(entries);
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
    state.accept(List.of(measurements), START.toEpochMilli(), told);
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
