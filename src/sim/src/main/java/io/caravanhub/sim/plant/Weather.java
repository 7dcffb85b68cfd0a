package io.caravanhub.sim.plant;

import java.time.Duration;

/** A warm, clear day that repeats: outdoor temperature and internal heat gains over plant time. */
final class Weather {
  private static final double MEAN = 29;
  private static final double SWING = 5.5;
  private static final double HOTTEST_HOUR = 15;

  /** The plant's clock starts before noon, so that the cooling has work to do. */
  private static final double FIRST_HOUR = 11;

  private Weather() {}

  /** Outdoor air temperature in degrees Celsius. */
  static double outdoor(Duration plantTime) {
    return MEAN + SWING * Math.cos(2 * Math.PI * (hour(plantTime) - HOTTEST_HOUR) / 24);
  }

  /** Heat from people, lights and machines in kW: much by day, little by night. */
  static double gains(Duration plantTime) {
    return 8 + 3 * Math.cos(2 * Math.PI * (hour(plantTime) - 13) / 24);
  }

  private static double hour(Duration plantTime) {
    return FIRST_HOUR + plantTime.toMillis() / 3_600_000.0;
  }
}
