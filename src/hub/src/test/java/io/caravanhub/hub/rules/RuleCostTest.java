package io.caravanhub.hub.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.core.rule.Detection;
import io.caravanhub.core.rule.DeviceState;
import io.caravanhub.core.rule.Peers;
import io.caravanhub.core.rule.RuleBook;
import io.caravanhub.core.rule.RuleDevice;
import io.caravanhub.core.telemetry.Measurement;
import io.caravanhub.hub.TestDatabase;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A coarse guard, not a benchmark: it fails when evaluation becomes far dearer. */
class RuleCostTest {

  @Test
  void evaluationCostsMicrosecondsWhenNothingFires() throws Exception {
    String yaml = Files.readString(TestDatabase.root().resolve("rules/rooftop.yaml"));
    RuleBook book = RuleStory.book(yaml);
    RuleDevice device = RuleStory.DEVICE;
    DeviceState state = new DeviceState(device, book, new Peers());
    List<Detection> found = new ArrayList<>();
    double best = Double.MAX_VALUE;
    int second = 0;
    for (int round = 0; round < 5; round++) {
      long start = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
      for (int n = 0; n < 4000; n++) {
        state.accept(message(second++), 0, found);
      }
      best =
          Math.min(
              best,
              (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start)
                  / 4000.0
                  / 12
                  / 1000);
    }
    System.err.println("Microseconds a measurement, 12 a message, 5 rules: " + best);
    assertThat(found).isEmpty();
    assertThat(best).isLessThan(10);
  }

  @Test
  void rulesOfOthersCostAReadingNothingEvenWhenTheyAreSwappedAtEachMessage() {
    RuleCost few = new RuleCost(10, 0, true);
    RuleCost many = new RuleCost(10, 10_000, true);
    double[] nanos = RuleCost.nanosPerReading(20, few, many);
    System.err.printf(
        "Nanoseconds a reading: %.0f alone, %.0f beside 10,000%n", nanos[0], nanos[1]);
    assertThat(few.found() + many.found()).isZero();
    assertThat(nanos[1]).isLessThan(2 * nanos[0] + 50);
  }

  @Test
  void twoHundredRulesOnADeviceLeaveRoomForFiftyThousandReadingsASecond() {
    RuleCost cost = new RuleCost(200, 0, false);
    double nanos = RuleCost.nanosPerReading(20, cost)[0];
    System.err.printf("Nanoseconds a reading with 200 rules: %.0f%n", nanos);
    assertThat(cost.found()).isZero();
    assertThat(nanos).isLessThan(20_000);
  }

  private static List<Measurement> message(int second) {
    Instant ts = RuleStory.START.plusSeconds(second);
    List<Measurement> all = new ArrayList<>();
    all.add(Measurement.of("suction_pressure", ts, 1000, "kPa"));
    all.add(Measurement.of("superheat", ts, 6, "K"));
    all.add(Measurement.of("filter_pressure_drop", ts, 90, "Pa"));
    all.add(Measurement.of("supply_air_temp", ts, 13, "Cel"));
    all.add(Measurement.of("return_air_temp", ts, 24 + second % 10 / 10.0, "Cel"));
    all.add(Measurement.of("compressor_current", ts, 12, "A"));
    for (String other :
        List.of("power", "fan_current", "coil_temp", "runtime", "flow", "humidity")) {
      all.add(Measurement.of(other, ts, 1, null));
    }
    return all;
  }
}
