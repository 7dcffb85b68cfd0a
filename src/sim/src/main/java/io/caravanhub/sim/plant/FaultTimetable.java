package io.caravanhub.sim.plant;

import static io.caravanhub.sim.plant.FaultKind.BEARING_WEAR;
import static io.caravanhub.sim.plant.FaultKind.CLOGGED_FILTER;
import static io.caravanhub.sim.plant.FaultKind.REFRIGERANT_LEAK;
import static io.caravanhub.sim.plant.FaultKind.SILENT_DEVICE;
import static io.caravanhub.sim.plant.FaultKind.STUCK_SENSOR;
import static java.time.Duration.ofMinutes;

import java.time.Duration;
import java.util.List;

/**
 * Which faults befall which devices, and when.
 *
 * @param faults in no particular order
 */
public record FaultTimetable(List<ScheduledFault> faults) {

  public FaultTimetable {
    faults = List.copyOf(faults);
  }

  /**
   * The faults of the demo fleet, in plant time; at the default speed of 60 a plant minute is a
   * second of wall time.
   */
  public static FaultTimetable demo() {
    return new FaultTimetable(
        List.of(
            ScheduledFault.lasting(REFRIGERANT_LEAK, "RTU-1", ofMinutes(10), ofMinutes(36)),
            ScheduledFault.lasting(BEARING_WEAR, "PUMP-1", ofMinutes(30), ofMinutes(60)),
            ScheduledFault.lasting(CLOGGED_FILTER, "RTU-2", ofMinutes(60), ofMinutes(150)),
            ScheduledFault.lasting(STUCK_SENSOR, "RTU-3", ofMinutes(90), Duration.ZERO),
            ScheduledFault.passing(SILENT_DEVICE, "PUMP-2", ofMinutes(240), ofMinutes(90))));
  }

  /** A plant in which nothing goes wrong. */
  public static FaultTimetable none() {
    return new FaultTimetable(List.of());
  }

  /** Severity of one kind of fault in one device, 0 (healthy) to 1. */
  public double severity(FaultKind kind, String device, Duration plantTime) {
    return faults.stream()
        .filter(fault -> fault.kind() == kind && fault.device().equals(device))
        .mapToDouble(fault -> fault.severity(plantTime))
        .max()
        .orElse(0);
  }

  /** The faults that set in after {@code from} and not later than {@code to}. */
  public List<ScheduledFault> settingIn(Duration from, Duration to) {
    return faults.stream()
        .filter(fault -> fault.onset().compareTo(from) > 0 && fault.onset().compareTo(to) <= 0)
        .toList();
  }
}
