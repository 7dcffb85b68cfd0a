package io.caravanhub.core.rule;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A comparison with one limit or two, and what must be crossed back before it is no longer met.
 *
 * @param operator how
 * @param limit the limit, or the lower of two
 * @param upper the upper of two, else null
 * @param hysteresis how far a number must come back behind its limit, in the number's unit
 * @param clear the number that must be crossed back instead, or null
 */
public record Bound(
    Operator operator,
    Limit limit,
    @Nullable Limit upper,
    double hysteresis,
    @Nullable Double clear) {

  /** How a number is compared. */
  public enum Operator {
    ABOVE,
    AT_LEAST,
    BELOW,
    AT_MOST,
    /** Between the limits or on one of them. */
    BETWEEN,
    OUTSIDE,
    /** As far as the hysteresis of {@code tolerance} goes. */
    EQUALS
  }

  /** Met when the number is at least that. */
  static Bound atLeast(double limit) {
    return new Bound(Operator.AT_LEAST, new Limit.Constant(limit), null, 0, null);
  }

  /** Met when an amount of yes and no is yes. */
  static Bound yes() {
    return atLeast(0.5);
  }

  /** The limits it has, the lower first. */
  public List<Limit> limits() {
    return upper == null ? List.of(limit) : List.of(limit, upper);
  }

  /**
   * Compares.
   *
   * @param held whether it was met before, so that the hysteresis counts
   */
  boolean met(double number, double low, double high, boolean held) {
    double slack = held ? hysteresis : 0;
    return switch (operator) {
      case ABOVE -> number > back(low - slack, held);
      case AT_LEAST -> number >= back(low - slack, held);
      case BELOW -> number < back(low + slack, held);
      case AT_MOST -> number <= back(low + slack, held);
      case BETWEEN -> number >= low - slack && number <= high + slack;
      case OUTSIDE -> number < low + slack || number > high - slack;
      case EQUALS -> Math.abs(number - low) <= hysteresis;
    };
  }

  private double back(double limit, boolean held) {
    return held && clear != null ? clear : limit;
  }

  /** Of two limits the one that the number has passed. */
  double passed(double number, double low, double high) {
    return operator == Operator.OUTSIDE && number > low ? high : low;
  }
}
