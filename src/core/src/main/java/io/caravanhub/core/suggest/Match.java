package io.caravanhub.core.suggest;

import io.caravanhub.core.metric.CanonicalMetric;
import org.jspecify.annotations.Nullable;

/**
 * A metric that a field may be.
 *
 * @param unit UCUM code of the field's numbers, or null
 * @param told whether the payload tells the unit
 * @param score how well the names agree; to compare matches of one field by
 * @param confidence 0 to 1
 * @param why for the engineer
 */
record Match(
    CanonicalMetric metric,
    @Nullable String unit,
    boolean told,
    double score,
    double confidence,
    String why) {}
