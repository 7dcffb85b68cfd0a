package io.caravanhub.core.rule;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What JSONata conditions take of the processor. One that again and again takes long is given a
 * rest, for all share the threads that ingest. The account is of a tenant and a text: what one
 * tenant's devices say stops nobody else's rule, and the same text after a reload goes on with it.
 * Kept for those alone that have been slow lately. Thread-safe.
 */
public final class ExpressionCosts {
  private static final Logger LOG = LoggerFactory.getLogger(ExpressionCosts.class);

  /** How long it is not looked at. */
  static final Duration REST = Duration.ofMinutes(10);

  /** An evaluation takes some ten microseconds; this is a hundred times as much. */
  private static final long SLOW_NANOS = 2_000_000;

  private static final int SLOW_COSTS = 10;
  private static final int MOST_COSTS = 200;
  private static final int MANY = 1_000;

  private record Key(String tenant, String text) {}

  private record Cost(int points, Instant at) {
    boolean spent() {
      return points >= MOST_COSTS;
    }

    boolean rests(Instant now) {
      return spent() && now.isBefore(at.plus(REST));
    }
  }

  private final Clock clock;
  private final LongSupplier processor = processor();
  private final Map<Key, Cost> costs = new ConcurrentHashMap<>();

  /** An account that is empty. */
  public ExpressionCosts(Clock clock) {
    this.clock = clock;
  }

  /** Of this thread alone: that others take the processor away is not the expression's fault. */
  private static LongSupplier processor() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    return threads.isCurrentThreadCpuTimeSupported() && threads.isThreadCpuTimeEnabled()
        ? threads::getCurrentThreadCpuTime
        : System::nanoTime;
  }

  /** As {@link RuleExpression#of} says; NaN while it rests. */
  double of(String tenant, RuleExpression expression, Map<String, Object> values) {
    if (restsUntil(tenant, expression).isPresent()) {
      return Double.NaN;
    }
    long begun = processor.getAsLong();
    double said = expression.of(values);
    pay(tenant, expression, processor.getAsLong() - begun);
    return said;
  }

  /**
   * Until when it is not looked at: it was slow twenty times in a row, or more than once in eleven.
   */
  public Optional<Instant> restsUntil(String tenant, RuleExpression expression) {
    if (costs.isEmpty()) {
      return Optional.empty();
    }
    Cost cost = costs.get(new Key(tenant, expression.text()));
    return cost != null && cost.rests(clock.instant())
        ? Optional.of(cost.at().plus(REST))
        : Optional.empty();
  }

  /** Takes note of how long an evaluation took. */
  public void pay(String tenant, RuleExpression expression, long nanos) {
    Key key = new Key(tenant, expression.text());
    if (nanos >= SLOW_NANOS) {
      Instant now = clock.instant();
      if (costs.size() >= MANY) {
        costs.values().removeIf(cost -> !now.isBefore(cost.at().plus(REST)));
      }
      costs.compute(key, (same, known) -> dearer(same, known, now));
    } else if (!costs.isEmpty()) {
      costs.computeIfPresent(key, (same, known) -> cheaper(known));
    }
  }

  private static Cost dearer(Key key, @Nullable Cost known, Instant now) {
    if (known != null && known.rests(now)) {
      return known;
    }
    Cost next = new Cost((known == null || known.spent() ? 0 : known.points) + SLOW_COSTS, now);
    if (next.spent()) {
      LOG.warn(
          "A rule's expression takes too long for {} and rests for {}: {}",
          key.tenant,
          REST,
          key.text);
    }
    return next;
  }

  /** What ends while it rests was begun before. */
  private @Nullable Cost cheaper(Cost known) {
    if (known.spent()) {
      return known.rests(clock.instant()) ? known : null;
    }
    return known.points == 1 ? null : new Cost(known.points - 1, known.at);
  }
}
