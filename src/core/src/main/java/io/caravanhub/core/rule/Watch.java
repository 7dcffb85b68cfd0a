package io.caravanhub.core.rule;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A condition at work on one device. What is met stays met until its clearing value is crossed, as
 * long as its rule has an event. Not thread-safe.
 */
abstract class Watch {

  /** What a condition is. */
  enum Truth {
    NO,
    YES,
    UNKNOWN
  }

  /** Looks at all parts, whatever the first ones say: each remembers. */
  abstract Truth look(Moment now);

  /**
   * What a late reading says of its own time. A part that has to last and is contradicted by it
   * begins anew.
   *
   * @param next the time of the reading after it
   */
  abstract Truth late(Late reading, long next);

  /** A reading of one metric that came after newer ones. */
  record Late(String metric, long time, double value, @Nullable String text) {}

  /** The rule has an event of before, so the condition was met. */
  abstract void assumeSince(long time);

  /** The comparison that an event tells of. */
  abstract Comparing deciding();

  static Watch of(Condition condition, Gauges gauges) {
    if (condition instanceof Condition.All all) {
      return new Parts(of(all.parts(), gauges), true);
    }
    if (condition instanceof Condition.Any any) {
      return new Parts(of(any.parts(), gauges), false);
    }
    if (condition instanceof Condition.Not not) {
      return new Negated(of(not.part(), gauges));
    }
    if (condition instanceof Condition.Lasting lasting) {
      return new Lasting(of(lasting.part(), gauges), lasting.duration().toMillis());
    }
    return new Comparing((Condition.Compared) condition, gauges);
  }

  static Watch[] of(List<Condition> conditions, Gauges gauges) {
    return conditions.stream().map(part -> of(part, gauges)).toArray(Watch[]::new);
  }

  /** A number against its limits. */
  static final class Comparing extends Watch {
    private final Bound bound;
    private final Gauge gauge;
    private final Gauges.Reference limit;
    private final Gauges.Reference upper;
    private final @Nullable String metric;
    private final Amount amount;
    private boolean held;
    private double number = Double.NaN;
    private double low;
    private double high;

    Comparing(Condition.Compared compared, Gauges gauges) {
      this.amount = compared.amount();
      this.bound = compared.bound();
      this.gauge = gauges.of(amount);
      this.limit = gauges.of(bound.limit(), amount);
      this.upper = gauges.of(bound.upper(), amount);
      this.metric = amount.metrics().isEmpty() ? null : amount.metrics().get(0);
    }

    @Override
    Truth look(Moment now) {
      number = gauge.read(now);
      low = limit.at(now);
      high = upper.at(now);
      if (Double.isNaN(number)
          || Double.isNaN(low)
          || bound.upper() != null && Double.isNaN(high)) {
        return Truth.UNKNOWN;
      }
      held = bound.met(number, low, high, held && now.active);
      return held ? Truth.YES : Truth.NO;
    }

    /** Of values as they were; what else is looked at was another then. */
    @Override
    Truth late(Late reading, long next) {
      if (!reading.metric().equals(metric)) {
        return Truth.UNKNOWN;
      }
      double then =
          amount instanceof Amount.Latest
              ? reading.value()
              : amount instanceof Amount.State state
                  ? state.sight().see(reading.value(), reading.text())
                  : Double.NaN;
      if (Double.isNaN(then) || !(bound.limit() instanceof Limit.Constant below)) {
        return Truth.UNKNOWN;
      }
      double above = bound.upper() instanceof Limit.Constant upper ? upper.value() : Double.NaN;
      if (bound.upper() != null && Double.isNaN(above)) {
        return Truth.UNKNOWN;
      }
      return bound.met(then, below.value(), above, false) ? Truth.YES : Truth.NO;
    }

    @Override
    void assumeSince(long time) {
      held = true;
      gauge.assumeSince(time);
    }

    @Override
    Comparing deciding() {
      return this;
    }

    long since(Moment now) {
      return gauge.since(now);
    }

    /** The number that steps of severity go by. */
    double number() {
      return number;
    }

    Finding finding() {
      double shown = gauge.shown(number);
      boolean itself = Double.compare(shown, number) == 0;
      return new Finding(
          metric,
          shown,
          itself ? bound.passed(number, low, high) : Double.NaN,
          gauge.unit(),
          gauge.judgement());
    }
  }

  private static final class Parts extends Watch {
    private final Watch[] parts;
    private final boolean all;
    private int decided;

    Parts(Watch[] parts, boolean all) {
      this.parts = parts;
      this.all = all;
    }

    @Override
    Truth look(Moment now) {
      Truth deciding = all ? Truth.NO : Truth.YES;
      Truth truth = all ? Truth.YES : Truth.NO;
      int first = -1;
      for (int i = 0; i < parts.length; i++) {
        Truth part = parts[i].look(now);
        if (part == deciding) {
          first = first < 0 ? i : first;
          truth = deciding;
        } else if (part == Truth.UNKNOWN && truth != deciding) {
          truth = Truth.UNKNOWN;
        }
      }
      decided = all || first < 0 ? 0 : first;
      return truth;
    }

    @Override
    Truth late(Late reading, long next) {
      Truth deciding = all ? Truth.NO : Truth.YES;
      Truth truth = all ? Truth.YES : Truth.NO;
      for (Watch each : parts) {
        Truth part = each.late(reading, next);
        if (part == deciding) {
          truth = deciding;
        } else if (part == Truth.UNKNOWN && truth != deciding) {
          truth = Truth.UNKNOWN;
        }
      }
      return truth;
    }

    @Override
    void assumeSince(long time) {
      for (Watch part : parts) {
        part.assumeSince(time);
      }
    }

    @Override
    Comparing deciding() {
      return parts[decided].deciding();
    }
  }

  private static final class Negated extends Watch {
    private final Watch part;

    Negated(Watch part) {
      this.part = part;
    }

    @Override
    Truth look(Moment now) {
      return negated(part.look(now));
    }

    @Override
    Truth late(Late reading, long next) {
      return negated(part.late(reading, next));
    }

    private static Truth negated(Truth truth) {
      return switch (truth) {
        case YES -> Truth.NO;
        case NO -> Truth.YES;
        case UNKNOWN -> Truth.UNKNOWN;
      };
    }

    /** That this was true says that its part was not. */
    @Override
    void assumeSince(long time) {}

    @Override
    Comparing deciding() {
      return part.deciding();
    }
  }

  private static final class Lasting extends Watch {
    private static final long NEVER = Long.MIN_VALUE;
    private final Watch part;
    private final long duration;
    private long since = NEVER;
    private long lastSeen = NEVER;

    Lasting(Watch part, long duration) {
      this.part = part;
      this.duration = duration;
    }

    @Override
    Truth look(Moment now) {
      Truth truth = part.look(now);
      if (truth != Truth.YES) {
        since = truth == Truth.NO ? NEVER : since;
        return truth;
      }
      if (since == NEVER || !now.active && now.time - lastSeen > RuleRun.longestGap(duration)) {
        since = now.time;
      }
      lastSeen = now.time;
      return now.time - since >= duration ? Truth.YES : Truth.NO;
    }

    @Override
    Truth late(Late reading, long next) {
      Truth truth = part.late(reading, next);
      if (truth == Truth.NO && since != NEVER && since <= reading.time()) {
        since = next;
      }
      return truth == Truth.NO ? Truth.NO : Truth.UNKNOWN;
    }

    @Override
    void assumeSince(long time) {
      part.assumeSince(time);
      since = time - duration;
      lastSeen = time;
    }

    @Override
    Comparing deciding() {
      return part.deciding();
    }
  }
}
