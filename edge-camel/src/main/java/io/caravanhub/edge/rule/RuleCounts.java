package io.caravanhub.edge.rule;

import io.caravanhub.core.rule.Detection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What rules did since the start. Thread-safe. */
final class RuleCounts {
  private final LongAdder judged = new LongAdder();
  private final LongAdder raised = new LongAdder();
  private final LongAdder cleared = new LongAdder();
  private final LongAdder refusals = new LongAdder();
  private final LongAdder drops = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private final LongAdder foreign = new LongAdder();
  private final LongAdder overLimit = new LongAdder();
  private final LongAdder forgotten = new LongAdder();

  void judged(int readings) {
    judged.add(readings);
  }

  void found(Detection.Kind kind) {
    (kind == Detection.Kind.CLEAR ? cleared : raised).increment();
  }

  /** An event was not taken at once. */
  void untold() {
    refusals.increment();
  }

  /** An event was forgotten, for too many wait. */
  void dropped() {
    drops.increment();
  }

  /** A message could not be judged. */
  void failed() {
    failures.increment();
  }

  /** A message is not canonical, so that no rule looks at it here. */
  void foreign() {
    foreign.increment();
  }

  /** A message is of a device too many. */
  void overLimit() {
    overLimit.increment();
  }

  /** A device said nothing for long, and its place was needed. */
  void forgotten() {
    forgotten.increment();
  }

  /** By name. */
  Map<String, Object> report() {
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("readings", judged.sum());
    report.put("not_canonical", foreign.sum());
    report.put("over_limit", overLimit.sum());
    report.put("devices_forgotten", forgotten.sum());
    report.put("failed", failures.sum());
    report.put("raised", raised.sum());
    report.put("cleared", cleared.sum());
    report.put("not_taken", refusals.sum());
    report.put("dropped", drops.sum());
    return report;
  }
}
