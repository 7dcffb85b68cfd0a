package io.caravanhub.sim.plant;

import java.time.Duration;
import java.util.SplittableRandom;

/**
 * A circulation pump against a system whose valves move slowly. It may be stepped by one thread and
 * read by others.
 *
 * <p>Pump curve {@code 320 - 0.05 Q^2} kPa, system curve {@code 0.13 Q^2 / opening}. Bearing wear
 * accelerates: vibration grows with its square, friction heats the bearing and loads the motor.
 */
public final class Pump {
  private static final double INLET = 150;
  private static final double SHUT_OFF_HEAD = 320;
  private static final double CURVE = 0.05;
  private static final double SYSTEM = 0.13;
  private static final double EFFICIENCY = 0.68;

  private final String serial;
  private final double phase;
  private final Lag flow = new Lag(20, 42);
  private final Lag bearingTemp = new Lag(600, 46);
  private final Sensor flowMeter;
  private final Sensor gauge;
  private final Sensor ammeter;
  private final Sensor accelerometer;
  private final Sensor thermometer;
  private double runtimeSeconds;
  private volatile PumpReading reading;

  Pump(String serial, SplittableRandom random) {
    this.serial = serial;
    phase = random.nextDouble(2 * Math.PI);
    flowMeter = new Sensor(random, 0.15, 0.01);
    gauge = new Sensor(random, 0.4, 0.1);
    ammeter = new Sensor(random, 0.03, 0.01);
    accelerometer = new Sensor(random, 0.06, 0.01);
    thermometer = new Sensor(random, 0.06, 0.01);
    runtimeSeconds = 3600 * random.nextDouble(5000, 20000);
    reading = step(Duration.ZERO, 0.001, FaultTimetable.none());
  }

  /**
   * Lets {@code dt} seconds pass.
   *
   * @param plantTime the plant's clock after them
   */
  PumpReading step(Duration plantTime, double dt, FaultTimetable faults) {
    double severity = faults.severity(FaultKind.BEARING_WEAR, serial, plantTime);
    double wear = severity * severity;
    double opening = 1 + 0.08 * Math.sin(phase + 2 * Math.PI * plantTime.toSeconds() / 2700);

    double q = flow.towards(Math.sqrt(SHUT_OFF_HEAD / (CURVE + SYSTEM / opening)), dt);
    double head = SHUT_OFF_HEAD - CURVE * q * q;
    double friction = 0.08 + 0.5 * wear;
    double power = q * head / 3600 / EFFICIENCY + friction;
    bearingTemp.towards(24 + 4 * power + 70 * friction, dt);
    runtimeSeconds += dt;

    double inlet = gauge.showPositive(INLET - 0.2 * (q - 42));
    reading =
        new PumpReading(
            flowMeter.showPositive(q),
            inlet,
            gauge.showPositive(INLET - 0.2 * (q - 42) + head),
            ammeter.showPositive(power / (Math.sqrt(3) * 0.4 * 0.85 * 0.9)),
            accelerometer.showPositive(1.8 + 0.3 * Math.abs(q / 42 - 1) + 11 * wear),
            thermometer.show(bearingTemp.value()),
            Math.rint(power * 1000) / 1000,
            Math.rint(runtimeSeconds / 3.6) / 1000);
    return reading;
  }

  /** The pump's serial number. */
  public String serial() {
    return serial;
  }

  /** What the sensors showed after the last step. */
  public PumpReading reading() {
    return reading;
  }
}
