package io.caravanhub.core.rule;

import java.time.Duration;

/**
 * How long things take for a rule.
 *
 * @param duration how long its condition must be met without a break (on-delay)
 * @param clearFor how long it must not be met before the event is over (off-delay)
 * @param cooldown how long after an event no other is raised
 * @param fresh how old a value may be and still say something about now
 */
public record RuleTiming(Duration duration, Duration clearFor, Duration cooldown, Duration fresh) {}
