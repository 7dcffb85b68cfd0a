package io.caravanhub.hub.asset;

import org.jspecify.annotations.Nullable;

/**
 * A metric that an asset has by calculation.
 *
 * @param metric its key
 * @param unit UCUM code of what the formula yields, or null for the metric's own
 * @param formula from the asset's latest values
 * @param description for people
 */
record DerivedMetric(
    String metric, @Nullable String unit, Formula formula, @Nullable String description) {}
