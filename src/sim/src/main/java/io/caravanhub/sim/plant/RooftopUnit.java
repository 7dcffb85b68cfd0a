package io.caravanhub.sim.plant;

import java.time.Duration;
import java.util.SplittableRandom;

/**
 * A rooftop unit that cools one large room: thermostat, refrigerant circuit, fan and filter. It may
 * be stepped by one thread and read by others.
 */
public final class RooftopUnit {
  private static final double FRESH_AIR = 0.15;
  private static final double ROOM_HEAT_CAPACITY = 6000;
  private static final double ROOM_LOSS = 0.9;
  private static final double LOST_CHARGE = 0.45;

  private final String serial;
  private final Thermostat thermostat;
  private final RefrigerantCircuit circuit = new RefrigerantCircuit();
  private final RooftopSensors sensors;
  private final Lag supply;
  private double room;
  private double runtimeSeconds;
  private volatile HvacReading reading;

  RooftopUnit(String serial, double setpoint, SplittableRandom random) {
    this.serial = serial;
    thermostat = new Thermostat(setpoint);
    sensors = new RooftopSensors(random);
    room = setpoint + random.nextDouble(-0.4, 0.4);
    supply = new Lag(40, room);
    runtimeSeconds = 3600 * random.nextDouble(2000, 9000);
    reading = step(Duration.ZERO, 0.001, FaultTimetable.none());
  }

  /**
   * Lets {@code dt} seconds pass.
   *
   * @param plantTime the plant's clock after them
   */
  HvacReading step(Duration plantTime, double dt, FaultTimetable faults) {
    double charge =
        1 - LOST_CHARGE * faults.severity(FaultKind.REFRIGERANT_LEAK, serial, plantTime);
    AirSide air = new AirSide(filterLoading(plantTime, faults));
    double outdoor = Weather.outdoor(plantTime);
    double mixed = (1 - FRESH_AIR) * room + FRESH_AIR * outdoor;

    boolean on = thermostat.callsForCooling(room, dt);
    circuit.step(on, charge, air, mixed, outdoor, dt);
    supply.towards(mixed - circuit.capacity() / air.heatCapacityRate(), dt);

    double gained = Weather.gains(plantTime) + ROOM_LOSS * (outdoor - room);
    double cooled = air.heatCapacityRate() * (room - supply.value());
    room += (gained - cooled) * dt / ROOM_HEAT_CAPACITY;
    runtimeSeconds += on ? dt : 0;

    boolean stuck = faults.severity(FaultKind.STUCK_SENSOR, serial, plantTime) > 0;
    reading =
        sensors.show(
            new HvacReading(
                supply.value(),
                room,
                outdoor,
                circuit.coilTemp(),
                thermostat.setpoint(),
                circuit.suctionPressure(),
                circuit.dischargePressure(),
                circuit.superheat(),
                on,
                circuit.current(),
                air.fanCurrent(),
                air.filterPressureDrop(),
                air.flow(),
                power(circuit.current(), air.fanCurrent()),
                runtimeSeconds / 3600),
            stuck);
    return reading;
  }

  /** The unit's serial number. */
  public String serial() {
    return serial;
  }

  /** What the sensors showed after the last step. */
  public HvacReading reading() {
    return reading;
  }

  private double filterLoading(Duration plantTime, FaultTimetable faults) {
    double dust = Math.min(0.3, 0.02 + 0.0005 * plantTime.toHours());
    return Math.max(dust, faults.severity(FaultKind.CLOGGED_FILTER, serial, plantTime));
  }

  /** Three-phase power at 400 V in kW. */
  private static double power(double compressorCurrent, double fanCurrent) {
    return Math.sqrt(3) * 0.4 * (0.86 * compressorCurrent + 0.8 * fanCurrent);
  }
}
