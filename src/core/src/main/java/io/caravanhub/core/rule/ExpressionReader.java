package io.caravanhub.core.rule;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads JSONata conditions. */
final class ExpressionReader {
  private static final Pattern SIMPLE =
      Pattern.compile(
          "\\s*([a-z][a-z0-9_]{0,63})\\s*(>=|<=|>|<)\\s*(-?\\d+(?:\\.\\d+)?(?:[eE][+-]?\\d+)?)\\s*");

  private ExpressionReader() {}

  /** A JSONata expression; one that compares a metric with a number is a comparison like others. */
  static Condition.Compared read(MetricReader metrics, YamlField value) {
    Matcher simple = SIMPLE.matcher(value.text());
    if (simple.matches()) {
      metrics.checked(value, simple.group(1), true);
      String operator =
          switch (simple.group(2)) {
            case ">" -> "above";
            case ">=" -> "at_least";
            case "<" -> "below";
            default -> "at_most";
          };
      return new Condition.Compared(
          new Amount.Latest(simple.group(1), 0),
          new Bound(
              LimitReader.operator(operator),
              new Limit.Constant(Double.parseDouble(simple.group(3))),
              null,
              0,
              null));
    }
    try {
      RuleExpression expression = RuleExpression.compile(value.text());
      expression.metrics().forEach(metric -> metrics.checked(value, metric, false));
      return new Condition.Compared(new Amount.Formula(expression), Bound.yes());
    } catch (IllegalArgumentException e) {
      throw value.wrong(String.valueOf(e.getMessage()));
    }
  }
}
