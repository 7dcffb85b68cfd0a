package io.caravanhub.core.rule;

import io.caravanhub.core.rule.ConditionReader.Durations;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads one comparison. Each kind takes its own fields, and any other is refused. */
final class ComparisonReader {
  static final List<String> KINDS =
      List.of(
          "above",
          "at_least",
          "below",
          "at_most",
          "between",
          "outside",
          "equals",
          "is",
          "in",
          "rises",
          "falls",
          "rate_above",
          "rate_below",
          "unchanged_for",
          "silent_for",
          "missing_for",
          "detector",
          "condition",
          "drl");

  private final KnownMetrics known;
  private final FieldUse fields;
  private final MetricReader metrics;

  ComparisonReader(KnownMetrics known, FieldUse fields) {
    this.known = known;
    this.fields = fields;
    this.metrics = new MetricReader(known);
  }

  Condition.Compared read() {
    List<String> given = KINDS.stream().filter(fields::has).toList();
    if (given.size() != 1) {
      throw fields.wrong("expected exactly one of " + String.join(", ", KINDS) + ", got " + given);
    }
    String kind = given.get(0);
    YamlField value = fields.require(kind);
    Condition.Compared read =
        switch (kind) {
          case "rises", "falls" -> change(kind.equals("rises"), value);
          case "rate_above", "rate_below" -> rate(kind.equals("rate_above"), value);
          case "unchanged_for" ->
              elapsed(new Amount.Stuck(metric(true), Durations.window(value)), value);
          case "missing_for" ->
              elapsed(new Amount.Missing(metric(false), Durations.window(value)), value);
          case "silent_for" -> silence(value);
          case "detector" -> new DetectorReader(metrics, fields).detector(value);
          case "condition" -> ExpressionReader.read(metrics, value);
          case "drl" -> new DetectorReader(metrics, fields).program(value);
          default -> value(kind, value);
        };
    fields.refuseUnused(kind);
    return read;
  }

  private Condition.Compared value(String kind, YamlField value) {
    YamlField share = fields.optional("share");
    YamlField count = fields.optional("count");
    if (share != null && count != null) {
      throw count.wrong("has no effect together with share");
    }
    if (share != null || count != null || fields.optional("from") != null || isWord(kind)) {
      return seen(kind, value, share, count);
    }
    String metric = metric(true);
    Amount amount = amount(metric);
    LimitReader limits = new LimitReader(metrics, amount, unit(metric));
    Bound bound = limits.bound(kind, value, fields.optional("clear"), hysteresis(kind));
    return new Condition.Compared(amount, bound);
  }

  private Amount amount(String metric) {
    YamlField statistic = fields.optional("statistic");
    if (statistic == null) {
      YamlField deadband = fields.optional("deadband");
      if (deadband != null && deadband.number() <= 0) {
        throw deadband.wrong("expected a number above 0");
      }
      Amount latest = new Amount.Latest(metric, 0);
      return deadband == null
          ? latest
          : new Amount.Latest(
              metric, new LimitReader(metrics, latest, unit(metric)).difference(deadband.number()));
    }
    Statistic named =
        Statistic.named(statistic.text())
            .orElseThrow(
                () ->
                    statistic.wrong(
                        "expected one of mean, min, max, range, stddev, sum, median or a percentile"
                            + " such as p95, got \""
                            + statistic.text()
                            + '"'));
    return new Amount.Moving(metric, named, Durations.window(fields.require("over")));
  }

  private @Nullable YamlField hysteresis(String kind) {
    YamlField tolerance = kind.equals("equals") ? fields.optional("tolerance") : null;
    YamlField hysteresis = tolerance != null ? tolerance : fields.optional("hysteresis");
    if (hysteresis != null && hysteresis.number() < 0) {
      throw hysteresis.wrong("expected 0 or more");
    }
    return hysteresis;
  }

  private static boolean isWord(String kind) {
    return kind.equals("is") || kind.equals("in");
  }

  /** What a single reading is, over a window or not, of this device or of another at the asset. */
  private Condition.Compared seen(
      String kind, YamlField value, @Nullable YamlField share, @Nullable YamlField count) {
    String metric = metric(!isWord(kind));
    Sight sight = isWord(kind) ? words(kind, value) : sight(kind, value, metric);
    if (isWord(kind)
        && sight.numbers().isEmpty()
        && !metrics.checked(value, metric, false).text()) {
      throw value.wrong(
          "\"" + metric + "\" is a number; compare it with equals, or in with numbers");
    }
    YamlField from = fields.optional("from");
    if (from != null) {
      if (!from.text().equals("asset") || share != null || count != null) {
        throw from.wrong("expected \"asset\", and neither share nor count");
      }
      return new Condition.Compared(new Amount.AtAsset(metric, sight), Bound.yes());
    }
    if (share == null && count == null) {
      return new Condition.Compared(new Amount.State(metric, sight), Bound.yes());
    }
    return share != null ? share(metric, sight, share) : count(metric, sight, count);
  }

  private Sight sight(String kind, YamlField value, String metric) {
    LimitReader limits = new LimitReader(metrics, new Amount.Latest(metric, 0), unit(metric));
    YamlField tolerance = kind.equals("equals") ? fields.optional("tolerance") : null;
    return new Sight(limits.constants(kind, value, tolerance), Set.of(), Set.of());
  }

  private static Sight words(String kind, YamlField value) {
    List<YamlField> listed = kind.equals("in") ? value.list() : List.of(value);
    if (listed.isEmpty()) {
      throw value.wrong("expected at least one value");
    }
    Set<String> words = new HashSet<>();
    Set<Double> numbers = new HashSet<>();
    for (YamlField item : listed) {
      words.add(item.text());
      if (kind.equals("in") && item.isNumber()) {
        numbers.add(item.number());
      }
    }
    return new Sight(null, words, numbers);
  }

  private static Condition.Compared share(String metric, Sight sight, YamlField share) {
    Map<String, YamlField> inner = share.map(Set.of("over", "above", "below"));
    Duration over = Durations.window(share.require(inner, "over"));
    Bound bound = oneOf(share, inner, List.of("above", "below"));
    double percent = ((Limit.Constant) bound.limit()).value();
    if (percent < 0 || percent > 100) {
      throw share.wrong("expected a percentage from 0 to 100");
    }
    return new Condition.Compared(new Amount.Share(metric, sight, over), bound);
  }

  private static Condition.Compared count(String metric, Sight sight, @Nullable YamlField count) {
    YamlField given = java.util.Objects.requireNonNull(count);
    Map<String, YamlField> inner = given.map(Set.of("over", "above", "at_least"));
    Duration over = Durations.window(given.require(inner, "over"));
    Bound bound = oneOf(given, inner, List.of("above", "at_least"));
    if (((Limit.Constant) bound.limit()).value() < 0) {
      throw given.wrong("expected a number of 0 or more");
    }
    return new Condition.Compared(new Amount.Count(metric, sight, over), bound);
  }

  private static Bound oneOf(YamlField field, Map<String, YamlField> inner, List<String> names) {
    List<String> given = names.stream().filter(inner::containsKey).toList();
    if (given.size() != 1) {
      throw field.wrong("expected exactly one of " + String.join(", ", names) + ", got " + given);
    }
    Limit limit = new Limit.Constant(field.require(inner, given.get(0)).number());
    return new Bound(LimitReader.operator(given.get(0)), limit, null, 0, null);
  }

  private Condition.Compared change(boolean rises, YamlField value) {
    String metric = metric(true);
    Amount amount = new Amount.Change(metric, Durations.window(fields.require("within")), null);
    if (value.number() <= 0) {
      throw value.wrong("expected a number above 0: the size of the change");
    }
    LimitReader limits = new LimitReader(metrics, amount, unit(metric));
    Bound bound =
        limits.bound("above", value, fields.optional("clear"), fields.optional("hysteresis"));
    return new Condition.Compared(amount, rises ? bound : mirrored(bound));
  }

  private static Bound mirrored(Bound bound) {
    double limit = ((Limit.Constant) bound.limit()).value();
    Double clear = bound.clear();
    return new Bound(
        Bound.Operator.BELOW,
        new Limit.Constant(-limit),
        null,
        bound.hysteresis(),
        clear == null ? null : -clear);
  }

  private Condition.Compared rate(boolean above, YamlField value) {
    String metric = metric(true);
    YamlField per = fields.optional("per");
    Amount amount =
        new Amount.Change(
            metric,
            Durations.window(fields.require("within")),
            per == null ? Duration.ofHours(1) : Durations.window(per));
    LimitReader limits = new LimitReader(metrics, amount, unit(metric));
    return new Condition.Compared(
        amount,
        limits.bound(
            above ? "above" : "below",
            value,
            fields.optional("clear"),
            fields.optional("hysteresis")));
  }

  private Condition.Compared silence(YamlField value) {
    YamlField metric = fields.optional("metric");
    if (metric != null) {
      throw metric.wrong("silent_for is about the whole device and takes no metric");
    }
    return elapsed(new Amount.Silence(), value);
  }

  private static Condition.Compared elapsed(Amount amount, YamlField value) {
    return new Condition.Compared(
        amount, Bound.atLeast(Durations.window(value).toMillis() / 1000.0));
  }

  private String metric(boolean number) {
    return metrics.read(fields.require("metric"), number);
  }

  private LimitReader.Unit unit(String metric) {
    YamlField given = fields.optional("unit");
    String own = known.find(metric).map(KnownMetrics.Known::unit).orElse(null);
    return new LimitReader.Unit(given, own);
  }
}
