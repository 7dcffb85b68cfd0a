package io.caravanhub.sim.plant;

import static io.caravanhub.sim.plant.FaultKind.CLOGGED_FILTER;
import static io.caravanhub.sim.plant.FaultKind.REFRIGERANT_LEAK;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class RooftopUnitTest {
  private final HvacReading healthy = whileCooling(FaultTimetable.none());

  @Test
  void aLeakLowersTheSuctionPressureAndRaisesTheSuperheat() {
    HvacReading leaking = whileCooling(faultsWith(REFRIGERANT_LEAK));

    assertThat(leaking.suctionPressure()).isLessThan(healthy.suctionPressure() - 300);
    assertThat(leaking.superheat()).isGreaterThan(healthy.superheat() + 10);
  }

  @Test
  void aLeakCostsCooling() {
    HvacReading leaking = whileCooling(faultsWith(REFRIGERANT_LEAK));

    assertThat(leaking.supplyAirTemp()).isGreaterThan(healthy.supplyAirTemp() + 2);
  }

  @Test
  void aCloggedFilterRaisesThePressureDropAndLowersTheFlowOfTheFan() {
    HvacReading clogged = whileCooling(faultsWith(CLOGGED_FILTER));

    assertThat(clogged.filterPressureDrop()).isGreaterThan(3 * healthy.filterPressureDrop());
    assertThat(clogged.airFlow()).isLessThan(0.85 * healthy.airFlow());
    assertThat(clogged.fanCurrent()).isLessThan(healthy.fanCurrent());
  }

  @Test
  void theCompressorTakesNoCurrentWhileItRests() {
    RooftopUnit unit = unit();
    HvacReading resting = run(unit, FaultTimetable.none(), reading -> !reading.compressorOn());

    assertThat(resting.compressorCurrent()).isZero();
    assertThat(resting.compressorStatus()).isEqualTo("off");
  }

  @Test
  void theThermostatCyclesTheCompressor() {
    RooftopUnit unit = unit();
    Duration time = Duration.ZERO;
    int switches = 0;
    boolean on = unit.reading().compressorOn();
    while (time.compareTo(Duration.ofHours(6)) < 0) {
      time = time.plus(Plant.STEP);
      boolean now = unit.step(time, Plant.STEP.toSeconds(), FaultTimetable.none()).compressorOn();
      switches += now == on ? 0 : 1;
      on = now;
    }

    assertThat(switches).isBetween(10, 60);
  }

  /** What it shows when the compressor has been running for a while. */
  private static HvacReading whileCooling(FaultTimetable faults) {
    return run(unit(), faults, reading -> reading.compressorCurrent() > 8);
  }

  private static HvacReading run(
      RooftopUnit unit, FaultTimetable faults, Predicate<HvacReading> goal) {
    Duration time = Duration.ofHours(2);
    int steps = 0;
    int reached = 0;
    while (reached < 60 && steps++ < 10_000) {
      time = time.plus(Plant.STEP);
      reached = goal.test(unit.step(time, Plant.STEP.toSeconds(), faults)) ? reached + 1 : 0;
    }
    assertThat(reached).isEqualTo(60);
    return unit.reading();
  }

  private static FaultTimetable faultsWith(FaultKind kind) {
    return new FaultTimetable(
        List.of(ScheduledFault.lasting(kind, "U", Duration.ZERO, Duration.ZERO)));
  }

  private static RooftopUnit unit() {
    return new RooftopUnit("U", 23.5, new SplittableRandom(11));
  }
}
