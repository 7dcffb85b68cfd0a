package io.caravanhub.sim.plant;

/**
 * An on/off thermostat for cooling, with a dead band and minimum times that spare the compressor.
 */
final class Thermostat {
  private static final double HALF_BAND = 0.5;
  private static final double MIN_ON = 240;
  private static final double MIN_OFF = 180;

  private final double setpoint;
  private boolean on;
  private double sinceSwitch = MIN_ON;

  Thermostat(double setpoint) {
    this.setpoint = setpoint;
  }

  /** Whether the compressor shall run, given the room's temperature {@code dt} seconds later. */
  boolean callsForCooling(double room, double dt) {
    sinceSwitch += dt;
    if (on && room < setpoint - HALF_BAND && sinceSwitch >= MIN_ON
        || !on && room > setpoint + HALF_BAND && sinceSwitch >= MIN_OFF) {
      on = !on;
      sinceSwitch = 0;
    }
    return on;
  }

  double setpoint() {
    return setpoint;
  }
}
