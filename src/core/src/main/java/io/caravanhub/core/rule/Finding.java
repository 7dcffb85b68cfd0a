package io.caravanhub.core.rule;

import org.jspecify.annotations.Nullable;

/**
 * What was seen when a condition was looked at.
 *
 * @param metric what it is of; null for a device's silence
 * @param value the number that was compared; of a detector or expression, the metric's own
 * @param threshold the limit it was compared with, or NaN
 * @param unit UCUM code of both, or null
 * @param judgement what a detector said, or null
 */
public record Finding(
    @Nullable String metric,
    double value,
    double threshold,
    @Nullable String unit,
    io.caravanhub.core.detect.@Nullable Detection judgement) {}
