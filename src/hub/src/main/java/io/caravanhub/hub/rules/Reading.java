package io.caravanhub.hub.rules;

import org.jspecify.annotations.Nullable;

/**
 * A fact for engineers' own DRL: the latest value of one metric of the device. A plain class and
 * not a record, because Drools looks for getters.
 */
public final class Reading {
  private final String metric;
  private final double value;
  private final @Nullable String text;
  private final double ageSeconds;

  Reading(String metric, double value, @Nullable String text, double ageSeconds) {
    this.metric = metric;
    this.value = value;
    this.text = text;
    this.ageSeconds = ageSeconds;
  }

  /** The metric's name. */
  public String getMetric() {
    return metric;
  }

  /** The number, in the metric's unit; NaN of a text. */
  public double getValue() {
    return value;
  }

  /** The text of a textual metric, or null. */
  public @Nullable String getText() {
    return text;
  }

  /** How long before the newest reading it was measured. */
  public double getAgeSeconds() {
    return ageSeconds;
  }
}
