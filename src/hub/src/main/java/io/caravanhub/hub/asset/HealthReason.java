package io.caravanhub.hub.asset;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * What took points of an asset's health.
 *
 * @param points how many
 * @param reason in words
 * @param metric the metric at fault, if one is
 * @param value its value
 * @param event the open event at fault, if one is
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record HealthReason(
    double points,
    String reason,
    @Nullable String metric,
    @Nullable Object value,
    @Nullable String event) {}
