package io.caravanhub.hub.sparkplug;

import org.jspecify.annotations.Nullable;

/**
 * A metric as it stands in a payload.
 *
 * @param name empty when only the alias is given
 * @param alias -1 when there is none
 * @param timestamp epoch milliseconds, -1 when absent
 * @param dataType as in Sparkplug 3.0, 6.4.16; 0 when absent, as it may be outside births
 * @param value a Long (bits of an integer), Double, Boolean or String; null when the metric is null
 *     or of a kind that is no single value
 * @param isNull said so by the sender
 * @param unit engineering unit, or null
 */
record SparkplugMetric(
    String name,
    long alias,
    long timestamp,
    int dataType,
    @Nullable Object value,
    boolean isNull,
    @Nullable String unit) {}
