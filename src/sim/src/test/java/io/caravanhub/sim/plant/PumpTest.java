package io.caravanhub.sim.plant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PumpTest {
  private final PumpReading healthy = afterAnHour(FaultTimetable.none());
  private final PumpReading worn =
      afterAnHour(
          new FaultTimetable(
              List.of(
                  ScheduledFault.lasting(
                      FaultKind.BEARING_WEAR, "P", Duration.ZERO, Duration.ZERO))));

  @Test
  void bearingWearShakesThePumpAndHeatsTheBearing() {
    assertThat(worn.vibration()).isGreaterThan(7.1);
    assertThat(worn.bearingTemp()).isGreaterThan(healthy.bearingTemp() + 20);
  }

  @Test
  void bearingWearLoadsTheMotor() {
    assertThat(worn.motorCurrent()).isGreaterThan(healthy.motorCurrent());
  }

  @Test
  void thePumpTakesMoreThanThePowerItGivesTheWater() {
    double hydraulic = healthy.flow() * healthy.head() / 3600;

    assertThat(healthy.power()).isGreaterThan(hydraulic);
    assertThat(hydraulic / healthy.power()).isCloseTo(0.66, within(0.05));
  }

  @Test
  void theHeadIsThePressureBetweenInletAndOutlet() {
    assertThat(healthy.head())
        .isCloseTo(healthy.outletPressure() - healthy.inletPressure(), within(0.01));
  }

  private static PumpReading afterAnHour(FaultTimetable faults) {
    Pump pump = new Pump("P", new SplittableRandom(3));
    for (int second = 5; second <= 3600; second += 5) {
      pump.step(Duration.ofSeconds(second), 5, faults);
    }
    return pump.reading();
  }
}
