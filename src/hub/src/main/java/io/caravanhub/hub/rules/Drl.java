package io.caravanhub.hub.rules;

import java.util.List;

/**
 * Writes rules as DRL. Nothing a person wrote gets into it: rules and terms are indices, limits are
 * literals of parsed doubles, because a DRL may run any Java.
 */
final class Drl {
  private Drl() {}

  static String of(List<Rule> rules) {
    StringBuilder drl =
        new StringBuilder("package io.caravanhub.hub.rules.generated\nimport ")
            .append(Sample.class.getName())
            .append('\n');
    for (int index = 0; index < rules.size(); index++) {
      Rule rule = rules.get(index);
      append(drl, "raise", index, false, comparison(rule.when(), rule.when().limit()), "meet");
      append(drl, "hold", index, true, comparison(rule.when(), rule.when().clear()), "meet");
      if (!rule.context().isEmpty()) {
        appendContext(drl, index, rule.context());
      }
    }
    return drl.toString();
  }

  private static void append(
      StringBuilder drl, String name, int index, boolean active, String comparison, String then) {
    drl.append("rule \"%s %d\" when\n".formatted(name, index))
        .append(
            "  $s : Sample(rule == %d, part == 0, active == %b, %s)\n"
                .formatted(index, active, comparison))
        .append("then $s.%s(); end\n".formatted(then));
  }

  private static void appendContext(StringBuilder drl, int index, List<Term> context) {
    drl.append("rule \"context %d\" when\n".formatted(index))
        .append("  $s : Sample(rule == %d, part == 0)\n".formatted(index));
    for (int part = 0; part < context.size(); part++) {
      drl.append(
          "  Sample(rule == %d, part == %d, %s)\n"
              .formatted(
                  index, part + 1, comparison(context.get(part), context.get(part).limit())));
    }
    drl.append("then $s.enterContext(); end\n");
  }

  /** Elapsed times are met when reached, values when passed. */
  private static String comparison(Term term, double limit) {
    boolean elapsed =
        term.subject() == Term.Subject.STUCK || term.subject() == Term.Subject.SILENCE;
    return "number " + (elapsed ? ">=" : term.above() ? ">" : "<") + " " + literal(limit);
  }

  private static String literal(double number) {
    return new java.math.BigDecimal(Double.toString(number)).toPlainString() + "d";
  }
}
