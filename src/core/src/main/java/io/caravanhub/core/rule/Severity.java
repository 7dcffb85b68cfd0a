package io.caravanhub.core.rule;

import java.util.Locale;

/** How much an event matters. */
public enum Severity {
  LOW,
  MEDIUM,
  HIGH,
  CRITICAL;

  /** The name in files, JSON and the store, for instance {@code high}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
