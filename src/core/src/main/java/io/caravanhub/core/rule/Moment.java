package io.caravanhub.core.rule;

/** The moment at which the conditions of a device are looked at. Belongs to the device's state. */
final class Moment {
  /** Time of the measurement, or of the clock when only that moved. */
  long time;

  /** The hub's clock. */
  long wall;

  /** When the hub began to listen. */
  long hubStart;

  /** When the device was last heard; 0 when never. */
  long heardAt;

  /** Whether this is the stored past, looked at again to rebuild what is remembered. */
  boolean replay;

  /** Whether the clock asks, and no reading. */
  boolean byClock;

  /** Whether the rule that is looked at has an event. */
  boolean active;
}
