package io.caravanhub.sim.plant;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The simulated plant: three rooftop units and two pumps on one clock. The same seed and the same
 * steps give the same readings. Stepped by one thread, read by any.
 */
public final class Plant {
  /** Plant time of one step. */
  public static final Duration STEP = Duration.ofSeconds(5);

  private static final Duration RUN_IN = Duration.ofHours(3);

  private final FaultTimetable faults;
  private final List<RooftopUnit> units;
  private final List<Pump> pumps;
  private volatile Duration time = RUN_IN.negated();

  /** A plant that has been running for three hours when its clock shows zero. */
  public Plant(long seed, FaultTimetable faults) {
    SplittableRandom random = new SplittableRandom(seed);
    this.faults = faults;
    units =
        List.of(
            new RooftopUnit("RTU-1", 23.5, random.split()),
            new RooftopUnit("RTU-2", 24, random.split()),
            new RooftopUnit("RTU-3", 23, random.split()));
    pumps = List.of(new Pump("PUMP-1", random.split()), new Pump("PUMP-2", random.split()));
    while (time.isNegative()) {
      step();
    }
  }

  /**
   * Lets one step of plant time pass.
   *
   * @return the faults that set in during it
   */
  public List<ScheduledFault> step() {
    Duration before = time;
    time = before.plus(STEP);
    units.forEach(unit -> unit.step(time, STEP.toSeconds(), faults));
    pumps.forEach(pump -> pump.step(time, STEP.toSeconds(), faults));
    return faults.settingIn(before, time);
  }

  /** The plant's clock: time since the plant was opened to the world. */
  public Duration time() {
    return time;
  }

  /** Whether a device keeps silent now. */
  public boolean silent(String serial) {
    return faults.severity(FaultKind.SILENT_DEVICE, serial, time) > 0;
  }

  /** The rooftop unit with this serial. */
  public RooftopUnit unit(String serial) {
    return units.stream().filter(u -> u.serial().equals(serial)).findFirst().orElseThrow();
  }

  /** The pump with this serial. */
  public Pump pump(String serial) {
    return pumps.stream().filter(p -> p.serial().equals(serial)).findFirst().orElseThrow();
  }
}
