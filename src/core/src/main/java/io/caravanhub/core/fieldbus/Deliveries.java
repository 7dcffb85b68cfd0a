package io.caravanhub.core.fieldbus;

/** The two ways of one device to the route: alarms do not wait for readings. */
record Deliveries(Delivery readings, Delivery alarms) {
  int waiting() {
    return readings.waiting() + alarms.waiting();
  }

  long dropped() {
    return readings.dropped() + alarms.dropped();
  }
}
