package io.caravanhub.core.detect;

import io.caravanhub.core.detect.Machine.Support;
import org.jspecify.annotations.Nullable;

/**
 * The zone of a vibration velocity by ISO 10816-3 as a detector: zones C and D are anomalies, the
 * expected range ends where C begins. What is not assessable has the score 0, the confidence 0 and
 * says so; it is not taken for good.
 */
public final class VibrationZones implements Detector {
  private final @Nullable Machine machine;

  public VibrationZones(DetectorSetup setup) {
    this.machine = setup.machine();
  }

  @Override
  public Detection detect(long epochMillis, double... values) {
    VibrationAssessment found = VibrationAssessment.of(values[0], machine);
    MachineGroup group = machine == null ? null : machine.group();
    Support support = machine == null ? null : machine.support();
    if (found.zone() == VibrationZone.NOT_ASSESSABLE || group == null || support == null) {
      return new Detection(0, false, Double.NaN, Double.NaN, 0, found.reason());
    }
    double limit = group.upper(VibrationZone.B, support);
    return new Detection(
        values[0] <= limit
            ? Math.min(Detection.score(values[0], limit), Math.nextDown(0.5))
            : Detection.score(values[0], limit),
        found.zone().compareTo(VibrationZone.C) >= 0,
        0,
        limit,
        1,
        found.reason());
  }
}
