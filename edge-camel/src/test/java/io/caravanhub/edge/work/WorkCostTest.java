package io.caravanhub.edge.work;

import static io.caravanhub.edge.work.Site.NOON;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a reading costs, of messages of 100 as a poller makes them. The figures are printed; bounds
 * are those of a mistake. For figures that last: {@code -Dwork.rounds=100} without {@code
 * TieredStopAtLevel}.
 */
class WorkCostTest {
  private static final int ROUNDS = Integer.getInteger("work.rounds", 3);
  private static final int MESSAGES = 200;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "passing | rules: [{metrics: nobody_*, filter: drop}]",
        "deadband | rules: [{deadband: {absolute: 0.5}}]",
        "aggregate | rules: [{aggregate: {}}]",
        "aggregate and burst | rules: [{aggregate: {}, burst: {when: {deviations: 50}}}]"
      })
  void aReadingCostsLittleTimeAndNextToNoMemory(String name, String yaml) {
    List<byte[]> messages = messages();
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    double nanos = Double.MAX_VALUE;
    double bytes = Double.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      DeviceWork work =
          new DeviceWork(
              "D", WorkSettingsTest.read(yaml), new WorkCounts(), new AtomicLong(), out -> {});
      long memory = threads.getCurrentThreadAllocatedBytes();
      long start = System.nanoTime();
      for (byte[] message : messages) {
        byte[] unused = work.take(message, true);
      }
      nanos = Math.min(nanos, (System.nanoTime() - start) / (100.0 * MESSAGES));
      long allocated = threads.getCurrentThreadAllocatedBytes() - memory;
      bytes = Math.min(bytes, allocated / (100.0 * MESSAGES));
    }
    System.out.printf("%s: %.0f ns and %.0f bytes a reading%n", name, nanos, bytes);
    assertThat(nanos).isLessThan(20_000);
    assertThat(bytes).isLessThan(500);
  }

  private static List<byte[]> messages() {
    Random random = new Random(1);
    List<byte[]> messages = new ArrayList<>();
    for (int i = 0; i < MESSAGES; i++) {
      ObjectNode message = Site.message(NOON.plusSeconds(i));
      for (int metric = 0; metric < 100; metric++) {
        double value = Math.round(10 * (100 + metric + random.nextGaussian() / 10)) / 10.0;
        Site.with(message, "some_metric_of_a_machine_" + metric, value);
      }
      messages.add(Site.bytes(message));
    }
    return messages;
  }
}
