package io.caravanhub.core.rule;

import io.caravanhub.core.unit.Conversion;
import io.caravanhub.core.unit.Converted;
import io.caravanhub.core.unit.Units;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads what an amount is compared with, and takes it into the unit of the metric. */
final class LimitReader {
  static final Set<String> LIMIT = Set.of("metric", "ago", "fleet", "plus", "times");
  private static final Duration LONGEST_AGO = Duration.ofDays(8);

  /**
   * @param given the unit that limits are written in, or null for the metric's own
   * @param own the metric's, or null when nobody knows
   */
  record Unit(@Nullable YamlField given, @Nullable String own) {}

  private final MetricReader metrics;
  private final Amount amount;
  private final Unit unit;

  LimitReader(MetricReader metrics, Amount amount, Unit unit) {
    this.metrics = metrics;
    this.amount = amount;
    this.unit = unit;
  }

  static Bound.Operator operator(String kind) {
    return Bound.Operator.valueOf(kind.toUpperCase(Locale.ROOT));
  }

  /** With a number, two, or what they are to be compared with. */
  Bound bound(
      String kind, YamlField value, @Nullable YamlField clear, @Nullable YamlField hysteresis) {
    Bound.Operator operator = operator(kind);
    Limit limit;
    Limit upper = null;
    if (operator == Bound.Operator.BETWEEN || operator == Bound.Operator.OUTSIDE) {
      List<YamlField> both = value.list();
      if (both.size() != 2) {
        throw value.wrong("expected two numbers, the lower first");
      }
      limit = limit(both.get(0));
      upper = limit(both.get(1));
      if (limit instanceof Limit.Constant low
          && upper instanceof Limit.Constant high
          && low.value() >= high.value()) {
        throw value.wrong("expected the lower number first");
      }
    } else {
      limit = limit(value);
    }
    double slack = hysteresis == null ? 0 : difference(hysteresis.number());
    return new Bound(operator, limit, upper, slack, clear(operator, limit, clear));
  }

  /** The same with numbers alone. */
  Bound constants(String kind, YamlField value, @Nullable YamlField hysteresis) {
    Bound bound = bound(kind, value, null, hysteresis);
    if (!bound.limits().stream().allMatch(Limit.Constant.class::isInstance)) {
      throw value.wrong("expected a number here");
    }
    return bound;
  }

  private @Nullable Double clear(Bound.Operator operator, Limit limit, @Nullable YamlField clear) {
    if (clear == null) {
      return null;
    }
    boolean up = operator == Bound.Operator.ABOVE || operator == Bound.Operator.AT_LEAST;
    boolean down = operator == Bound.Operator.BELOW || operator == Bound.Operator.AT_MOST;
    if (!(limit instanceof Limit.Constant constant) || !up && !down) {
      throw clear.wrong("goes with one limit that is a number; take hysteresis instead");
    }
    double back = level(clear.number());
    if (up ? back > constant.value() : back < constant.value()) {
      throw clear.wrong(
          up ? "must not be above the limit it clears" : "must not be below the limit it clears");
    }
    return back;
  }

  private Limit limit(YamlField value) {
    if (!value.isMap()) {
      return new Limit.Constant(level(value.number()));
    }
    Map<String, YamlField> fields = value.map(LIMIT);
    List<String> given = Stream.of("metric", "ago", "fleet").filter(fields::containsKey).toList();
    if (given.size() != 1) {
      throw value.wrong("expected a number or exactly one of metric, ago, fleet, got " + given);
    }
    if (!(amount instanceof Amount.Latest) && !given.get(0).equals("metric")) {
      throw value.wrong(given.get(0) + " goes with the latest value of a metric only");
    }
    YamlField factor = fields.get("times");
    double times = factor == null ? 1 : factor.number();
    YamlField more = fields.get("plus");
    double plus = more == null ? 0 : difference(more.number());
    YamlField of = value.require(fields, given.get(0));
    return switch (given.get(0)) {
      case "metric" -> other(of, times, plus);
      case "ago" -> ago(of, times, plus);
      default -> fleet(of, times, plus);
    };
  }

  private Limit other(YamlField of, double times, double plus) {
    String metric = of.text();
    KnownMetrics.Known other = metrics.checked(of, metric, true);
    if (amount.metrics().contains(metric) && amount instanceof Amount.Latest) {
      throw of.wrong("compares " + metric + " with itself; take ago or fleet");
    }
    if (unit.own() != null
        && other.unit() != null
        && times == 1
        && !Units.sameDimension(unit.own(), other.unit())) {
      throw of.wrong("is in " + other.unit() + ", which cannot be compared with " + unit.own());
    }
    return inOwnUnit(new Limit.OfMetric(metric, times, plus), other.unit());
  }

  /** The other metric is taken into the unit of the amount first. */
  private Limit inOwnUnit(Limit.OfMetric limit, @Nullable String from) {
    String to = unit.own();
    if (from == null
        || to == null
        || !(Units.conversion(from, to) instanceof Conversion.Affine affine)) {
      return limit;
    }
    double zero = isDifference() ? 0 : affine.shift() * affine.factor() + affine.offset();
    return new Limit.OfMetric(
        limit.name(), limit.times() * affine.factor(), limit.plus() + limit.times() * zero);
  }

  private static Limit ago(YamlField of, double times, double plus) {
    Duration time = of.duration();
    if (time.compareTo(LONGEST_AGO) > 0) {
      throw of.wrong("is longer than 8 days");
    }
    return new Limit.Ago(time, times, plus);
  }

  private static Limit fleet(YamlField of, double times, double plus) {
    Peers.Group group = of.oneOf(Peers.Group.class);
    if (group == Peers.Group.ASSET) {
      throw of.wrong("expected model or device_type");
    }
    return new Limit.Fleet(group, times, plus);
  }

  /** A level; of amounts that are differences, such as a rise, a difference. */
  double level(double number) {
    return isDifference() ? difference(number) : converted(number, false);
  }

  private boolean isDifference() {
    return amount instanceof Amount.Change
        || amount instanceof Amount.Moving moving && moving.statistic().isDifference();
  }

  double difference(double number) {
    return unit.given() == null ? number : converted(number, true);
  }

  private double converted(double number, boolean difference) {
    YamlField given = unit.given();
    if (given == null) {
      return number;
    }
    String from = given.text();
    String to = unit.own();
    if (to == null) {
      throw given.wrong("the metric has no unit, so its limits have none");
    }
    Converted converted =
        difference ? Units.convertDifference(number, from, to) : Units.convert(number, from, to);
    if (converted instanceof Converted.Value value) {
      return value.value();
    }
    throw given.wrong(((Converted.Refused) converted).reason());
  }
}
