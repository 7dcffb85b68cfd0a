package io.caravanhub.sim.plant;

import static io.caravanhub.sim.plant.FaultKind.BEARING_WEAR;
import static io.caravanhub.sim.plant.FaultKind.SILENT_DEVICE;
import static java.time.Duration.ofMinutes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FaultTimetableTest {
  private final ScheduledFault wear =
      ScheduledFault.lasting(BEARING_WEAR, "P", ofMinutes(10), ofMinutes(20));

  @Test
  void aFaultIsAbsentBeforeItSetsIn() {
    assertThat(wear.severity(ofMinutes(9))).isZero();
  }

  @Test
  void aFaultGrowsLinearlyToItsFullSeverityAndStays() {
    assertThat(wear.severity(ofMinutes(15))).isCloseTo(0.25, within(1e-9));
    assertThat(wear.severity(ofMinutes(30))).isEqualTo(1);
    assertThat(wear.severity(Duration.ofDays(30))).isEqualTo(1);
  }

  @Test
  void aPassingFaultIsThereAtOnceAndGoneAfterwards() {
    ScheduledFault silence =
        ScheduledFault.passing(SILENT_DEVICE, "P", ofMinutes(10), ofMinutes(5));

    assertThat(silence.severity(ofMinutes(10))).isEqualTo(1);
    assertThat(silence.severity(ofMinutes(15))).isZero();
  }

  @Test
  void aFaultBefallsOnlyItsOwnDevice() {
    FaultTimetable faults = new FaultTimetable(List.of(wear));

    assertThat(faults.severity(BEARING_WEAR, "P", ofMinutes(30))).isEqualTo(1);
    assertThat(faults.severity(BEARING_WEAR, "Q", ofMinutes(30))).isZero();
    assertThat(faults.severity(SILENT_DEVICE, "P", ofMinutes(30))).isZero();
  }

  @Test
  void eachFaultOfTheDemoSetsInOnce() {
    Plant plant = new Plant(1, FaultTimetable.demo());
    var seen = new ArrayList<ScheduledFault>();
    while (plant.time().compareTo(Duration.ofHours(6)) < 0) {
      seen.addAll(plant.step());
    }

    assertThat(seen).containsExactlyInAnyOrderElementsOf(FaultTimetable.demo().faults());
  }
}
