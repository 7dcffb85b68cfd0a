package io.caravanhub.core.rule;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A rule with its conditions at work on one device. Not thread-safe. */
final class RuleState {
  final RuleRun run;
  final boolean clocked;
  final boolean hearing;
  private final Rule rule;
  private final Watch when;
  private final Watch[] context;
  private final @Nullable Watch clear;
  private final List<Rule> steps = new ArrayList<>(1);
  private int touched;

  RuleState(Rule rule, Gauges gauges) {
    this.rule = rule;
    this.run = new RuleRun(rule);
    this.when = Watch.of(rule.when(), gauges);
    this.context = Watch.of(rule.context(), gauges);
    this.clear = rule.clear() == null ? null : Watch.of(rule.clear(), gauges);
    // What asks others alone is not called upon by a reading of the device's own.
    this.clocked =
        rule.when().metrics().isEmpty()
            || rule.conditions().stream()
                .flatMap(condition -> condition.comparisons().stream())
                .anyMatch(compared -> compared.amount().needsClock());
    this.hearing =
        rule.conditions().stream()
            .flatMap(condition -> condition.comparisons().stream())
            .allMatch(compared -> compared.amount() instanceof Amount.Silence);
    for (int step = 0; step <= rule.steps().size(); step++) {
      steps.add(rule.atStep(step));
    }
  }

  /** Whether this is the first of the rule's metrics at the moment with this number. */
  boolean touch(int moment) {
    if (touched == moment) {
      return false;
    }
    touched = moment;
    return true;
  }

  /** Goes on with an event that is open in the store. */
  void resume(long onset) {
    run.resume(onset);
    run.settleUntil(onset + elapsed(rule.when()));
    when.assumeSince(onset);
  }

  /** How long after its onset an event is raised at the earliest, besides the rule's duration. */
  private static long elapsed(Condition condition) {
    if (condition instanceof Condition.All all) {
      return elapsed(all.parts().get(0));
    }
    return condition instanceof Condition.Compared compared
            && compared.amount() instanceof Amount.Stuck stuck
        ? stuck.reach().toMillis()
        : 0;
  }

  /** Goes on after the newest event that is known. */
  void goOn(DevicePast.LastEvent event) {
    Instant ended = event.endedAt();
    if (ended == null) {
      resume(event.openedAt().toEpochMilli());
    } else {
      run.settle(event.openedAt().toEpochMilli(), ended.toEpochMilli());
    }
  }

  /** A late reading breaks a running duration that it contradicts, of the rule or of a part. */
  void late(Watch.Late reading, long next) {
    if (!run.active() && when.late(reading, next) == Watch.Truth.NO) {
      run.interrupt(reading.time(), next);
    }
    if (clear != null) {
      clear.late(reading, next);
    }
  }

  /** Whether its condition is met now, as it is taken to be while it is active. */
  Watch.Truth truth(Moment now) {
    now.active = run.active();
    return run.active() ? Watch.Truth.YES : when.look(now);
  }

  /** Looks at the conditions now and adds what has to be told. */
  void evaluate(Moment now, RuleDevice device, List<Detection> out) {
    now.active = run.active();
    Watch.Truth truth = when.look(now);
    boolean met = truth == Watch.Truth.YES;
    if (clear != null && run.active()) {
      boolean ended = clear.look(now) == Watch.Truth.YES;
      met = !ended;
    } else if (truth == Watch.Truth.UNKNOWN) {
      return;
    }
    if (!met && !run.active()) {
      run.rest(now.time);
      return;
    }
    boolean inContext = rule.schedule() == null || rule.schedule().covers(now.time);
    for (Watch part : context) {
      inContext &= part.look(now) == Watch.Truth.YES;
    }
    Watch.Comparing deciding = when.deciding();
    Detection.Kind kind =
        run.step(
            now.time,
            deciding.since(now),
            met,
            inContext,
            reached(deciding),
            now.wall,
            now.byClock);
    if (kind != null) {
      out.add(
          new Detection(
              kind,
              device,
              steps.get(run.severityStep()),
              Instant.ofEpochMilli(run.onset()),
              Instant.ofEpochMilli(now.time),
              finding(deciding)));
    }
  }

  private Finding finding(Watch.Comparing deciding) {
    Finding finding = deciding.finding();
    int step = run.severityStep();
    return step == 0
        ? finding
        : new Finding(
            finding.metric(),
            finding.value(),
            rule.steps().get(step - 1).limit(),
            finding.unit(),
            finding.judgement());
  }

  private int reached(Watch.Comparing deciding) {
    int reached = 0;
    for (int i = 0; i < rule.steps().size(); i++) {
      if (rule.steps().get(i).reached(deciding.number())) {
        reached = i + 1;
      }
    }
    return reached;
  }
}
