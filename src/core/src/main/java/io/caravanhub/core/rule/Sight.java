package io.caravanhub.core.rule;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a single reading must be.
 *
 * @param bound what its number is compared with, constants only; null when it is a text
 * @param words the texts wanted; empty when it is a number
 * @param numbers the numbers wanted, when they are listed
 */
public record Sight(@Nullable Bound bound, Set<String> words, Set<Double> numbers) {
  public Sight {
    words = Set.copyOf(words);
    numbers = Set.copyOf(numbers);
  }

  /** 1 or 0; NaN when the reading is of the other kind. */
  double see(double value, @Nullable String text) {
    if (bound != null) {
      return Double.isNaN(value) ? Double.NaN : met(bound, value) ? 1 : 0;
    }
    if (!numbers.isEmpty() && !Double.isNaN(value)) {
      return numbers.contains(value) ? 1 : 0;
    }
    return text == null ? Double.NaN : words.contains(text) ? 1 : 0;
  }

  private static boolean met(Bound bound, double value) {
    return bound.met(value, constant(bound.limit()), constant(bound.upper()), false);
  }

  private static double constant(@Nullable Limit limit) {
    return limit instanceof Limit.Constant constant ? constant.value() : Double.NaN;
  }
}
