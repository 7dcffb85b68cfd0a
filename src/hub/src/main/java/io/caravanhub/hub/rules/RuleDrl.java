package io.caravanhub.hub.rules;

import io.caravanhub.core.rule.Amount;
import io.caravanhub.core.rule.Bound;
import io.caravanhub.core.rule.Condition;
import io.caravanhub.core.rule.Limit;
import io.caravanhub.core.rule.Rule;
import java.util.List;
import java.util.Locale;

/**
 * Rules as DRL, made of their structure: names of metrics that were checked, numbers, and nothing
 * else that anybody wrote. Comparisons of latest values with numbers only. The hub runs rules by
 * its own evaluator; this is what the two are compared with, see {@link RuleCost}.
 */
final class RuleDrl {
  private RuleDrl() {}

  /**
   * The program of the rules, each of which calls {@link Verdict#meet()}.
   *
   * @throws IllegalArgumentException for a condition that has no such form
   */
  static String of(List<Rule> rules) {
    StringBuilder drl = new StringBuilder("package rules\n");
    drl.append("import ").append(Reading.class.getName()).append(";\n");
    drl.append("import ").append(Verdict.class.getName()).append(";\n");
    for (int n = 0; n < rules.size(); n++) {
      drl.append("rule \"r").append(n).append("\" when\n  ");
      drl.append(condition(rules.get(n).when()));
      drl.append("\n  $verdict : Verdict()\nthen $verdict.meet(); end\n");
    }
    return drl.toString();
  }

  private static String condition(Condition condition) {
    if (condition instanceof Condition.All all) {
      return String.join("\n  ", all.parts().stream().map(RuleDrl::condition).toList());
    }
    if (condition instanceof Condition.Any any) {
      return "(" + String.join(" or ", any.parts().stream().map(RuleDrl::condition).toList()) + ")";
    }
    if (condition instanceof Condition.Compared compared
        && compared.amount() instanceof Amount.Latest latest
        && compared.bound().limit() instanceof Limit.Constant limit) {
      return String.format(
          Locale.ROOT, "Reading(metric == \"%s\", %s)", latest.metric(), test(compared, limit));
    }
    throw new IllegalArgumentException("no DRL for " + condition);
  }

  private static String test(Condition.Compared compared, Limit.Constant limit) {
    Bound bound = compared.bound();
    double low = limit.value();
    double high = bound.upper() instanceof Limit.Constant constant ? constant.value() : Double.NaN;
    return switch (bound.operator()) {
      case ABOVE -> "value > " + low;
      case AT_LEAST -> "value >= " + low;
      case BELOW -> "value < " + low;
      case AT_MOST -> "value <= " + low;
      case BETWEEN -> "value >= " + low + ", value <= " + high;
      case OUTSIDE -> "value < " + low + " || value > " + high;
      case EQUALS ->
          "value >= " + (low - bound.hysteresis()) + ", value <= " + (low + bound.hysteresis());
    };
  }
}
