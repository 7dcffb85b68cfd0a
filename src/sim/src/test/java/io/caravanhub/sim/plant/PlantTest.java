package io.caravanhub.sim.plant;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class PlantTest {
  private static final List<String> UNITS = List.of("RTU-1", "RTU-2", "RTU-3");
  private static final List<String> PUMPS = List.of("PUMP-1", "PUMP-2");

  @Test
  void theSameSeedGivesTheSameReadings() {
    assertThat(readings(new Plant(7, FaultTimetable.demo())))
        .isEqualTo(readings(new Plant(7, FaultTimetable.demo())));
  }

  @Test
  void anotherSeedGivesOtherReadings() {
    assertThat(readings(new Plant(7, FaultTimetable.demo())))
        .isNotEqualTo(readings(new Plant(8, FaultTimetable.demo())));
  }

  @Test
  void healthyEquipmentStaysClearlyInsideItsLimitsForTwoDays() {
    Plant plant = new Plant(3, FaultTimetable.none());
    while (plant.time().compareTo(Duration.ofHours(48)) < 0) {
      plant.step();
      for (String serial : UNITS) {
        HvacReading r = plant.unit(serial).reading();
        assertThat(r.suctionPressure()).isBetween(850.0, 1700.0);
        assertThat(r.dischargePressure()).isBetween(1500.0, 3200.0);
        assertThat(r.superheat()).isBetween(3.0, 8.0);
        assertThat(r.filterPressureDrop()).isBetween(80.0, 150.0);
        assertThat(r.returnAirTemp()).isBetween(21.0, 26.0);
        assertThat(r.compressorCurrent()).isBetween(0.0, 18.0);
      }
      for (String serial : PUMPS) {
        PumpReading r = plant.pump(serial).reading();
        assertThat(r.vibration()).isBetween(1.0, 3.0);
        assertThat(r.bearingTemp()).isBetween(35.0, 60.0);
        assertThat(r.flow()).isBetween(35.0, 50.0);
      }
    }
  }

  @Test
  void powerAndCurrentsAreNeverNegativeWhateverFails() {
    Plant plant = new Plant(4, FaultTimetable.demo());
    while (plant.time().compareTo(Duration.ofHours(24)) < 0) {
      plant.step();
      for (String serial : UNITS) {
        HvacReading r = plant.unit(serial).reading();
        assertThat(List.of(r.power(), r.compressorCurrent(), r.fanCurrent(), r.superheat()))
            .allMatch(value -> value >= 0);
      }
      assertThat(plant.pump("PUMP-1").reading().power()).isPositive();
    }
  }

  @Test
  void everyFaultOfTheDemoShowsWhenTheTimetableOfTheDemoSays() {
    assertThat(firstMinute(plant -> plant.unit("RTU-1").reading().suctionPressure() < 700))
        .isBetween(25L, 40L);
    assertThat(firstMinute(plant -> plant.unit("RTU-1").reading().superheat() > 15))
        .isBetween(20L, 40L);
    assertThat(firstMinute(plant -> plant.pump("PUMP-1").reading().vibration() > 7.1))
        .isBetween(60L, 90L);
    assertThat(firstMinute(plant -> plant.unit("RTU-2").reading().filterPressureDrop() > 250))
        .isBetween(120L, 180L);
    assertThat(firstMinute(plant -> plant.silent("PUMP-2"))).isEqualTo(240);
  }

  @Test
  void aStuckSensorShowsTheSameToTheLastDigitWhileItsNeighboursMove() {
    Plant plant = new Plant(5, FaultTimetable.demo());
    Set<Double> returnAir = new HashSet<>();
    Set<Double> supplyAir = new HashSet<>();
    while (plant.time().compareTo(Duration.ofMinutes(200)) < 0) {
      plant.step();
      if (plant.time().compareTo(Duration.ofMinutes(91)) > 0) {
        returnAir.add(plant.unit("RTU-3").reading().returnAirTemp());
        supplyAir.add(plant.unit("RTU-3").reading().supplyAirTemp());
      }
    }

    assertThat(returnAir).hasSize(1);
    assertThat(supplyAir).hasSizeGreaterThan(100);
  }

  private static long firstMinute(Predicate<Plant> shows) {
    Plant plant = new Plant(2026, FaultTimetable.demo());
    while (!shows.test(plant) && plant.time().compareTo(Duration.ofHours(6)) < 0) {
      plant.step();
    }
    return plant.time().toMinutes();
  }

  private static List<Record> readings(Plant plant) {
    List<Record> readings = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      plant.step();
      UNITS.forEach(serial -> readings.add(plant.unit(serial).reading()));
      PUMPS.forEach(serial -> readings.add(plant.pump(serial).reading()));
    }
    return readings;
  }
}
