package io.caravanhub.core.rule;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A program of an engineer's that judges the latest values. Safe for many threads. */
public interface RuleProgram {

  /**
   * The latest value of one metric.
   *
   * @param value in the metric's unit; NaN of a text
   * @param text of a textual metric, or null
   * @param ageSeconds how long before the newest reading it was measured
   */
  record Input(String metric, double value, @Nullable String text, double ageSeconds) {}

  /** Whether it is met of these. */
  boolean isMet(List<Input> inputs);
}
