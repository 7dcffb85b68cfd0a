package io.caravanhub.hub.telemetry;

import org.jspecify.annotations.Nullable;

/**
 * A metric of the catalogue.
 *
 * @param id surrogate that telemetry rows carry
 * @param textual whether its values are texts, not numbers
 * @param unit UCUM code of the canonical unit, or null when it has none
 * @param min lowest plausible value, or null
 * @param max highest plausible value, or null
 */
public record Metric(
    int id,
    String key,
    boolean textual,
    @Nullable String unit,
    @Nullable Double min,
    @Nullable Double max) {

  /** Whether the value lies within the plausible range. */
  public boolean allows(double value) {
    return (min == null || value >= min) && (max == null || value <= max);
  }
}
