package io.caravanhub.core.rule;

import java.util.Locale;

/** What kind of trouble an event announces. */
public enum EventType {
  WARNING,
  MAINTENANCE_DUE,
  LIKELY_FAILURE,
  CRITICAL_FAULT;

  /** The name in files, JSON and the store, for instance {@code likely_failure}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
