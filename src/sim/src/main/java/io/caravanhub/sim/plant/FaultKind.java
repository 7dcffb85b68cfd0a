package io.caravanhub.sim.plant;

import java.util.Locale;

/** What can go wrong in the plant. */
public enum FaultKind {
  REFRIGERANT_LEAK,
  BEARING_WEAR,
  CLOGGED_FILTER,
  STUCK_SENSOR,
  SILENT_DEVICE;

  /** The name a technician would use, for instance {@code refrigerant leak}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
