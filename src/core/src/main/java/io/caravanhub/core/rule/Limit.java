package io.caravanhub.core.rule;

import java.time.Duration;
import java.util.Set;

/** What a number is compared with. */
public sealed interface Limit {

  /** A number that was written down. */
  record Constant(double value) implements Limit {}

  /** The latest value of another metric of the device: {@code times} it, {@code plus} a number. */
  record OfMetric(String name, double times, double plus) implements Limit {}

  /** What the same number was some time before, for instance a day. */
  record Ago(Duration time, double times, double plus) implements Limit {}

  /** The median of the same metric over devices of the same model or type of the tenant. */
  record Fleet(Peers.Group group, double times, double plus) implements Limit {}

  /** Adds the device's metric that it needs besides the amount's own. */
  default void metric(Amount amount, Set<String> metrics) {
    if (this instanceof OfMetric other) {
      metrics.add(other.name());
    }
  }
}
