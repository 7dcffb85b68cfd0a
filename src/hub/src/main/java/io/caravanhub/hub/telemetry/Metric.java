package io.caravanhub.hub.telemetry;

import org.jspecify.annotations.Nullable;

/**
 * A metric of the catalogue, as its tenant has set it.
 *
 * @param id surrogate that telemetry rows carry
 * @param textual whether its values are texts, not numbers
 * @param unit UCUM code of the canonical unit, or null when it has none
 * @param limits what is expected of its values
 */
public record Metric(int id, String key, boolean textual, @Nullable String unit, Limits limits) {

  /** Whether the value lies within the plausible range. */
  public boolean allows(double value) {
    return limits.allows(value);
  }
}
