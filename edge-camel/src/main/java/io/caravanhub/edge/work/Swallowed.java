package io.caravanhub.edge.work;

/** Why a reading went no further. */
enum Swallowed {
  /** A rule says to drop its metric. */
  FILTERED("filtered"),
  /** It was bad for the reason that was told already. */
  BAD_REPEATED("bad_repeated"),
  /** It had not moved enough. */
  DEADBAND("deadband"),
  /** It is in a window's statistics. */
  AGGREGATED("aggregated");

  private final String label;

  Swallowed(String label) {
    this.label = label;
  }

  /** The word used in a gateway's health. */
  String label() {
    return label;
  }
}
