package io.caravanhub.core.rule;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What must be true of a device, as a tree. A part that cannot be told (no value yet, none that is
 * fresh, a window not yet covered) is neither true nor false, and makes what it decides neither as
 * well.
 */
public sealed interface Condition {

  /** All parts are true. */
  record All(List<Condition> parts) implements Condition {
    public All {
      parts = List.copyOf(parts);
    }
  }

  /** At least one part is true. */
  record Any(List<Condition> parts) implements Condition {
    public Any {
      parts = List.copyOf(parts);
    }
  }

  /** The part is false. */
  record Not(Condition part) implements Condition {}

  /** The part has been true for that long without a break. */
  record Lasting(Condition part, Duration duration) implements Condition {}

  /** A number drawn from telemetry compared with limits. */
  record Compared(Amount amount, Bound bound) implements Condition {}

  /** Every comparison of the tree, in the order it was written. */
  default List<Compared> comparisons() {
    List<Compared> all = new java.util.ArrayList<>();
    visit(all::add);
    return all;
  }

  private void visit(Consumer<Compared> each) {
    if (this instanceof All all) {
      all.parts.forEach(part -> part.visit(each));
    } else if (this instanceof Any any) {
      any.parts.forEach(part -> part.visit(each));
    } else if (this instanceof Not not) {
      not.part.visit(each);
    } else if (this instanceof Lasting lasting) {
      lasting.part.visit(each);
    } else if (this instanceof Compared compared) {
      each.accept(compared);
    }
  }

  /** The device's own metrics that it looks at, those of its limits included. */
  default Set<String> metrics() {
    Set<String> metrics = new LinkedHashSet<>();
    for (Compared compared : comparisons()) {
      metrics.addAll(compared.amount().metrics());
      compared.bound().limits().forEach(limit -> limit.metric(compared.amount(), metrics));
    }
    return metrics;
  }

  /** The metric an event names: the first; empty when there is none. */
  default String metric() {
    return metrics().stream().findFirst().orElse("");
  }

  /** The first limit, or NaN when that is not a number that was written down. */
  default double limit() {
    return comparisons().get(0).bound().limit() instanceof Limit.Constant constant
        ? constant.value()
        : Double.NaN;
  }

  /** The longest time that parts must last, in milliseconds. */
  default long lastingMillis() {
    if (this instanceof Lasting lasting) {
      return lasting.duration.toMillis() + lasting.part.lastingMillis();
    }
    List<Condition> parts =
        this instanceof All all
            ? all.parts
            : this instanceof Any any
                ? any.parts
                : this instanceof Not not ? List.of(not.part) : List.of();
    return parts.stream().mapToLong(Condition::lastingMillis).max().orElse(0);
  }
}
