package io.caravanhub.core.suggest;

import org.jspecify.annotations.Nullable;

/**
 * What is proposed for one field of a payload.
 *
 * @param path where it lies, as a field table writes it; {@code history[].temperature} for a field
 *     of every element
 * @param sample one of its values
 * @param type number, text or boolean; "number in a text" for one that has to be read out of it
 * @param metric key of the metric, or null when none is proposed
 * @param unit UCUM code of the value as it comes, or null when it has none
 * @param confidence 0 to 1; 0 without a metric
 * @param why one line for the engineer who decides
 */
public record Proposal(
    String path,
    @Nullable Object sample,
    String type,
    @Nullable String metric,
    @Nullable String unit,
    double confidence,
    String why) {}
