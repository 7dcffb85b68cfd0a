package io.caravanhub.core.detect;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.core.detect.Machine.Support;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The zones of ISO 10816-3. */
class VibrationTest {
  @ParameterizedTest
  @CsvSource({
    "LARGE, RIGID, 2.3, 4.5, 7.1",
    "LARGE, FLEXIBLE, 3.5, 7.1, 11.0",
    "MEDIUM, RIGID, 1.4, 2.8, 4.5",
    "MEDIUM, FLEXIBLE, 2.3, 4.5, 7.1",
    "PUMP_SEPARATE_DRIVER, RIGID, 2.3, 4.5, 7.1",
    "PUMP_SEPARATE_DRIVER, FLEXIBLE, 3.5, 7.1, 11.0",
    "PUMP_INTEGRATED_DRIVER, RIGID, 1.4, 2.8, 4.5",
    "PUMP_INTEGRATED_DRIVER, FLEXIBLE, 2.3, 4.5, 7.1"
  })
  void aZoneEndsWhereTheStandardSays(
      MachineGroup group, Support support, double ab, double bc, double cd) {
    Machine machine = new Machine(group, support, 1480.0);

    assertThat(zone(ab, machine)).isEqualTo(VibrationZone.A);
    assertThat(zone(ab + 0.01, machine)).isEqualTo(VibrationZone.B);
    assertThat(zone(bc, machine)).isEqualTo(VibrationZone.B);
    assertThat(zone(bc + 0.01, machine)).isEqualTo(VibrationZone.C);
    assertThat(zone(cd, machine)).isEqualTo(VibrationZone.C);
    assertThat(zone(cd + 0.01, machine)).isEqualTo(VibrationZone.D);
  }

  @Test
  void whatIsNotKnownIsNotAssessableAndNeverZoneA() {
    Machine whole = new Machine(MachineGroup.MEDIUM, Support.RIGID, null);

    assertThat(zone(0.5, whole)).isEqualTo(VibrationZone.A);
    assertNot(0.5, null, "machine group");
    assertNot(0.5, new Machine(null, Support.RIGID, null), "machine group");
    assertNot(0.5, new Machine(MachineGroup.MEDIUM, null, null), "rigid or flexible");
    assertNot(Double.NaN, whole, "no value");
    assertNot(-1, whole, "no r.m.s. velocity");
    assertNot(Double.POSITIVE_INFINITY, whole, "no r.m.s. velocity");
    assertNot(0.5, new Machine(MachineGroup.MEDIUM, Support.RIGID, 90.0), "120 to 15,000");
    assertNot(0.5, new Machine(MachineGroup.MEDIUM, Support.RIGID, Double.NaN), "120 to 15,000");
    assertNot(0.5, new Machine(MachineGroup.MEDIUM, Support.RIGID, 300.0), "displacement");
  }

  @Test
  void zonesCAndDAreAnomalies() {
    Detector zones = DetectorTest.detector(DetectorKind.VIBRATION);

    assertThat(zones.detect(0, 2.8).anomaly()).isFalse();
    Detection said = zones.detect(1, 2.9);
    assertThat(said.anomaly()).isTrue();
    assertThat(said.high()).isEqualTo(2.8);
    assertThat(said.reason())
        .isEqualTo(
            "2.9 mm/s is in zone C of ISO 10816-3 for group 2 on a rigid support:"
                + " unsatisfactory for continuous operation over a long time");
  }

  private static VibrationZone zone(double velocity, @Nullable Machine machine) {
    return VibrationAssessment.of(velocity, machine).zone();
  }

  private static void assertNot(double velocity, @Nullable Machine machine, String why) {
    VibrationAssessment found = VibrationAssessment.of(velocity, machine);
    assertThat(found.zone()).isEqualTo(VibrationZone.NOT_ASSESSABLE);
    assertThat(found.reason()).startsWith("not assessable: ").contains(why);
  }
}
