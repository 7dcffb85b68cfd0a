package io.caravanhub.hub.rules;

import java.time.Duration;
import java.util.List;

/**
 * A rule as written: when it is met, for which devices, and the event that follows.
 *
 * @param id names the rule in events; rules of one id with different scopes are variants of it
 * @param description for people
 * @param enabled a variant that is switched off also hides the farther ones
 * @param scope the devices it is for
 * @param when what must be met
 * @param context what must be true besides; while it is not, the rule neither raises nor clears
 * @param duration how long {@code when} must be met without a break
 * @param outcome the event
 */
public record Rule(
    String id,
    String description,
    boolean enabled,
    RuleScope scope,
    Term when,
    List<Term> context,
    Duration duration,
    RuleOutcome outcome) {

  public Rule {
    context = List.copyOf(context);
  }

  /** How far back single values count, in milliseconds. */
  long windowMillis() {
    return duration.toMillis() + when.window().toMillis();
  }

  /** The history that its state depends on, in milliseconds. */
  long lookBackMillis() {
    return duration.toMillis() + when.lookBackMillis();
  }
}
