package io.caravanhub.core.rule;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A rule: when it is met, for which devices, and the event that follows.
 *
 * @param id names the rule in events; rules of one id with different scopes are variants of it
 * @param description for people
 * @param enabled a variant that is switched off also hides the farther ones
 * @param shadow whether what it notices is noted beside the events and calls for nothing
 * @param scope the devices it is for
 * @param when what must be met
 * @param context what must be true besides; while it is not, the rule neither raises nor clears
 * @param clear what ends the event; null: that {@code when} is no longer met
 * @param timing delays
 * @param schedule the hours it looks in, or null for all
 * @param steps from which numbers on it is worse, mildest first
 * @param outcome the event
 * @param written the rule as it was written, as plain maps and lists
 */
public record Rule(
    String id,
    String description,
    boolean enabled,
    boolean shadow,
    RuleScope scope,
    Condition when,
    List<Condition> context,
    @Nullable Condition clear,
    RuleTiming timing,
    @Nullable Schedule schedule,
    List<SeverityStep> steps,
    RuleOutcome outcome,
    Map<String, Object> written) {

  public Rule {
    context = List.copyOf(context);
    steps = List.copyOf(steps);
  }

  /** The rule of an event that somebody else noticed: it only names the event, it never looks. */
  public static Rule ofOthers(String id, RuleOutcome outcome) {
    return ofOthers(id, outcome, Map.of());
  }

  /**
   * The same.
   *
   * @param written what they said of it, as plain maps and lists
   */
  public static Rule ofOthers(String id, RuleOutcome outcome, Map<String, Object> written) {
    return new Rule(
        id,
        outcome.message(),
        true,
        false,
        RuleScope.GLOBAL,
        new Condition.Any(List.of()),
        List.of(),
        null,
        new RuleTiming(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO),
        null,
        List.of(),
        outcome,
        written);
  }

  /** How long {@code when} must be met without a break. */
  public Duration duration() {
    return timing.duration();
  }

  /** The same as another id, switched on or off. */
  public Rule as(String newId, boolean on) {
    return new Rule(
        newId,
        description,
        on,
        shadow,
        scope,
        when,
        context,
        clear,
        timing,
        schedule,
        steps,
        outcome,
        written);
  }

  /** The same with the event of its step; the outcome itself at 0. */
  Rule atStep(int step) {
    return step == 0
        ? this
        : new Rule(
            id,
            description,
            enabled,
            shadow,
            scope,
            when,
            context,
            clear,
            timing,
            schedule,
            steps,
            steps.get(step - 1).outcome(),
            written);
  }

  /** The conditions it has, all of them. */
  public List<Condition> conditions() {
    List<Condition> all = new ArrayList<>();
    all.add(when);
    all.addAll(context);
    if (clear != null) {
      all.add(clear);
    }
    return all;
  }

  /** Metrics that it wants to know of other devices. */
  public Set<String> sharedMetrics() {
    Set<String> shared = new HashSet<>();
    for (Condition condition : conditions()) {
      for (Condition.Compared compared : condition.comparisons()) {
        if (compared.amount() instanceof Amount.AtAsset there) {
          shared.add(there.metric());
        }
        if (compared.amount() instanceof Amount.Formula formula) {
          shared.addAll(formula.expression().atAsset());
        }
        if (compared.bound().limits().stream().anyMatch(Limit.Fleet.class::isInstance)) {
          shared.addAll(compared.amount().metrics());
        }
      }
    }
    return shared;
  }

  /** Its JSONata expressions. */
  public List<RuleExpression> expressions() {
    List<RuleExpression> expressions = new ArrayList<>();
    for (Condition condition : conditions()) {
      for (Condition.Compared compared : condition.comparisons()) {
        if (compared.amount() instanceof Amount.Formula formula) {
          expressions.add(formula.expression());
        }
      }
    }
    return expressions;
  }

  /**
   * Whether it depends on what other devices say.
   *
   * @param own metrics that the device has itself, which an expression takes from nobody else
   */
  boolean asksOthers(Set<String> own) {
    for (Condition condition : conditions()) {
      for (Condition.Compared compared : condition.comparisons()) {
        if (compared.amount() instanceof Amount.AtAsset
            || compared.amount() instanceof Amount.Formula formula
                && !own.containsAll(formula.metrics())
            || compared.bound().limits().stream().anyMatch(Limit.Fleet.class::isInstance)) {
          return true;
        }
      }
    }
    return false;
  }

  /** The time that must be looked at again to know whether it is met, in milliseconds. */
  long judgedMillis() {
    long lasting = conditions().stream().mapToLong(Condition::lastingMillis).max().orElse(0);
    return timing.duration().toMillis() + timing.clearFor().toMillis() + lasting;
  }
}
