package io.caravanhub.core.mapping;

import java.time.Duration;

/**
 * How much one call of a mapping may use.
 *
 * @param time time by the clock, and once that is over as much again of the processor
 * @param depth nested evaluations, which is about the depth of recursion
 * @param inputBytes size of the payload
 * @param values values plus characters of any one value the expression makes, its result included
 */
public record MappingBounds(Duration time, int depth, int inputBytes, int values) {
  /** 250 ms, 300 levels, 1 MiB in, two million values and characters. */
  public static final MappingBounds DEFAULT =
      new MappingBounds(Duration.ofMillis(250), 300, 1 << 20, 2_000_000);
}
