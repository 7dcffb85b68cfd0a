package io.caravanhub.hub.event;

import org.jspecify.annotations.Nullable;

/**
 * What a rule led to in a time.
 *
 * @param events that it raised
 * @param alarms how often their signals were raised
 * @param jobs work orders that its events led to or joined, without those cancelled before they
 *     were sent
 * @param dismissed events that people dismissed
 * @param falseJobs jobs of which an event of the rule was dismissed as a false alarm (or without a
 *     reason), or that were cancelled: closed without work
 * @param falseDispatchRate falseJobs over jobs, or null without jobs
 * @param meanSecondsToAcknowledge from when it was recorded until somebody acknowledged or
 *     dismissed it, of those for which somebody did, or null
 */
public record RuleFigures(
    String rule,
    long events,
    long alarms,
    long jobs,
    long dismissed,
    long falseJobs,
    @Nullable Double falseDispatchRate,
    @Nullable Double meanSecondsToAcknowledge) {}
