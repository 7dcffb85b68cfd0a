package io.caravanhub.core.detect;

import io.caravanhub.core.detect.Machine.Support;
import org.jspecify.annotations.Nullable;

/**
 * The zone of a vibration and why. What is missing or cannot be makes it {@link
 * VibrationZone#NOT_ASSESSABLE}: silence is never zone A.
 */
public record VibrationAssessment(VibrationZone zone, String reason) {
  private static final double SLOWEST_RPM = 120;
  private static final double FASTEST_RPM = 15_000;
  private static final double VELOCITY_ALONE_RPM = 600;

  /**
   * Assesses a velocity.
   *
   * @param velocity r.m.s., mm/s, 10 to 1000 Hz; NaN when there is none
   */
  public static VibrationAssessment of(double velocity, @Nullable Machine machine) {
    if (Double.isNaN(velocity)) {
      return not("there is no value");
    }
    if (velocity < 0 || Double.isInfinite(velocity)) {
      return not(Shown.number(velocity) + " mm/s is no r.m.s. velocity");
    }
    MachineGroup group = machine == null ? null : machine.group();
    if (machine == null || group == null) {
      return not("the machine group is not known");
    }
    Support support = machine.support();
    if (support == null) {
      return not("whether the machine stands rigid or flexible is not known");
    }
    Double rpm = machine.speedRpm();
    if (rpm != null && !(rpm >= SLOWEST_RPM && rpm <= FASTEST_RPM)) {
      return not("ISO 10816-3 is for 120 to 15,000 r/min, not " + Shown.number(rpm));
    }
    if (rpm != null && rpm < VELOCITY_ALONE_RPM) {
      return not("below 600 r/min velocity alone does not do, displacement is wanted as well");
    }
    return assessed(velocity, group, support);
  }

  private static VibrationAssessment assessed(
      double velocity, MachineGroup group, Support support) {
    VibrationZone zone = VibrationZone.A;
    while (velocity > group.upper(zone, support)) {
      zone = VibrationZone.values()[zone.ordinal() + 1];
    }
    return new VibrationAssessment(
        zone,
        "%s mm/s is in zone %s of ISO 10816-3 for group %d on a %s support: %s"
            .formatted(
                Shown.number(velocity),
                zone,
                group.number(),
                support == Support.RIGID ? "rigid" : "flexible",
                zone.meaning()));
  }

  private static VibrationAssessment not(String why) {
    return new VibrationAssessment(VibrationZone.NOT_ASSESSABLE, "not assessable: " + why);
  }
}
