package io.caravanhub.hub.orchestration;

/**
 * How many actions of a kind go out by themselves in a day of the calendar.
 *
 * @param kind as the table of actions has it
 * @param perAsset whether each asset has that many, else the tenant
 */
record DayLimit(String kind, boolean perAsset, int most) {
  /** For people. */
  String words() {
    return most
        + " "
        + kind.replace('_', ' ')
        + "s a day for "
        + (perAsset ? "an asset" : "the tenant");
  }
}
