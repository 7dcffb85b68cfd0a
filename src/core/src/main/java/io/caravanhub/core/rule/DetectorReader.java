package io.caravanhub.core.rule;

import io.caravanhub.core.detect.DetectorKind;
import io.caravanhub.core.detect.DetectorSetup;
import io.caravanhub.core.detect.Machine;
import io.caravanhub.core.detect.MachineGroup;
import io.caravanhub.core.rule.ConditionReader.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Reads conditions that others judge: statistical detectors, engineers' DRL. */
final class DetectorReader {
  private static final Pattern PROGRAM = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");
  private static final Duration LONGEST_LEARNING = Duration.ofDays(14);

  private final MetricReader metrics;
  private final FieldUse fields;

  DetectorReader(MetricReader metrics, FieldUse fields) {
    this.metrics = metrics;
    this.fields = fields;
  }

  Condition.Compared detector(YamlField value) {
    DetectorKind kind =
        DetectorKind.named(value.text())
            .orElseThrow(
                () ->
                    value.wrong(
                        "expected one of "
                            + DetectorKind.names()
                            + ", got \""
                            + value.text()
                            + '"'));
    List<String> names = new ArrayList<>();
    YamlField several = fields.optional("metrics");
    for (YamlField item : several == null ? List.of(fields.require("metric")) : several.list()) {
      names.add(metrics.read(item, true));
    }
    YamlField learns = fields.optional("learns");
    Duration history = learns == null ? Duration.ofDays(1) : Durations.window(learns);
    if (learns != null && history.compareTo(LONGEST_LEARNING) > 0) {
      throw learns.wrong("is longer than 14 days");
    }
    Machine machine = kind == DetectorKind.VIBRATION ? machine() : null;
    try {
      kind.create(new DetectorSetup(names, 0, machine));
    } catch (IllegalArgumentException e) {
      throw value.wrong(String.valueOf(e.getMessage()));
    }
    YamlField score = fields.optional("score");
    if (score != null && !(score.number() > 0 && score.number() < 1)) {
      throw score.wrong("expected a number between 0 and 1; 0.5 is the detector's limit");
    }
    return new Condition.Compared(
        new Amount.Score(kind, names, history, machine),
        Bound.atLeast(score == null ? 0.5 : score.number()));
  }

  Condition.Compared program(YamlField value) {
    String name =
        RuleReader.matching(value, PROGRAM, "the name of a .drl file, without its ending");
    List<String> names = new ArrayList<>();
    for (YamlField item : fields.require("metrics").list()) {
      names.add(metrics.read(item, false));
    }
    if (names.isEmpty()) {
      throw fields.require("metrics").wrong("expected the metrics that the DRL is shown");
    }
    return new Condition.Compared(new Amount.Program(name, names), Bound.yes());
  }

  private Machine machine() {
    YamlField group = fields.require("machine_group");
    YamlField support = fields.require("support");
    YamlField speed = fields.optional("speed");
    return new Machine(
        MachineGroup.values()[group.wholeNumber(1, MachineGroup.values().length) - 1],
        support.oneOf(Machine.Support.class),
        speed == null ? null : speed.number());
  }
}
