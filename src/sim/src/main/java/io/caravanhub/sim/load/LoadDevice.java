package io.caravanhub.sim.load;

/**
 * A device of the load: its identity, its clock, and what it sent. Timestamps of one device are
 * unique, so that every message makes rows of its own. Not thread-safe: one thread at a time.
 */
final class LoadDevice {
  /** How far back backfill begins. */
  private static final long BACKFILL_MILLIS = 6 * 3_600_000L;

  private final String serial;
  private final String token;
  private final Ledger ledger;
  private long newest;
  private long oldest;

  LoadDevice(String serial, String token, long start) {
    this.serial = serial;
    this.token = token;
    this.ledger = new Ledger(start);
    this.newest = start - 1;
    this.oldest = start - BACKFILL_MILLIS;
  }

  String serial() {
    return serial;
  }

  String token() {
    return token;
  }

  Ledger ledger() {
    return ledger;
  }

  /** Enters a message of now, or one of hours ago, and gives its number. */
  int measure(boolean backfill, long now) {
    if (backfill) {
      return ledger.add(oldest++);
    }
    newest = Math.max(newest + 1, now);
    return ledger.add(newest);
  }

  /** How far the device's clock has run ahead, in milliseconds: it gives no time twice. */
  long ahead(long now) {
    return newest - now;
  }
}
