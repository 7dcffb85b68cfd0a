package io.caravanhub.core.rule;

/**
 * From a number on an event is worse.
 *
 * @param limit the number
 * @param above whether numbers above it are worse, or those below
 * @param outcome the event it then is
 */
public record SeverityStep(double limit, boolean above, RuleOutcome outcome) {
  boolean reached(double number) {
    return above ? number > limit : number < limit;
  }
}
