package io.caravanhub.sim.load;

/**
 * A message that is due, under way or waiting for its acknowledgement.
 *
 * @param number its number in the device's ledger, or {@link #BAD} for one that no hub can use
 * @param due when it should have been sent, by {@link System#nanoTime}; latency counts from here,
 *     so that waiting for a full window counts too
 */
record Message(LoadDevice device, int number, long due) {
  static final int BAD = -1;

  boolean isBad() {
    return number == BAD;
  }

  /** Takes note that the hub has answered for it. */
  void settle(Tally tally) {
    if (isBad()) {
      tally.badSettled.increment();
    } else {
      device.ledger().acknowledge(number);
      tally.acknowledged.increment();
      tally.latency(System.nanoTime() - due);
    }
  }
}
