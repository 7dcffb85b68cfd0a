package io.caravanhub.bench.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A device counts what is acknowledged, in order, and says the rest again. */
class ClusterDeviceTest {
  private static final Instant BEGAN = Instant.now().truncatedTo(ChronoUnit.MILLIS);

  private final List<String> said = new ArrayList<>();

  @Test
  void saysAMessageAgainUntilItIsAcknowledgedAndThenTheNext() {
    ClusterDevice device = run(5, 0);

    assertThat(said).hasSize(6);
    assertThat(said.get(3)).isEqualTo(said.get(2)).contains(BEGAN.plusMillis(2).toString());
    assertThat(device.refused()).isEqualTo(1);
    assertThat(device.count()).isEqualTo(5);
    assertThat(device.acknowledged().cardinality()).isEqualTo(5);
    assertThat(device.number(BEGAN.plusMillis(4))).isEqualTo(4);
    assertThat(device.problemsTold()).isEmpty();
  }

  @Test
  void eachProblemIsAStepAboveTheLimitOfTheOneBefore() {
    ClusterDevice device = run(9, 2);

    assertThat(device.problemsTold()).as("the second has to last").containsExactly(0, 2);
    assertThat(device.onset(0)).isEqualTo(BEGAN.plusMillis(2));
    assertThat(said.get(0)).contains("19.00");
    assertThat(said.get(said.size() - 1)).contains("20.25");
    assertThat(ClusterDevice.limit(2)).isBetween(20.15, 20.25);
  }

  @Test
  void whatHasToLastIsToldOnceItHasLasted() {
    Instant before = BEGAN.minusSeconds(60);

    assertThat(run(9, 4, before, 5_000).problemsTold()).containsExactly(0);
    assertThat(run(11, 4, before, 5_000).problemsTold()).containsExactly(0, 1);
  }

  /** One message a millisecond; the third is refused once. */
  private ClusterDevice run(int messages, int messagesAProblem) {
    return run(messages, messagesAProblem, BEGAN, 1);
  }

  private ClusterDevice run(int messages, int messagesAProblem, Instant began, int periodMillis) {
    ClusterDevice[] device = new ClusterDevice[1];
    Channel channel =
        new Channel() {
          private int acknowledged;
          private boolean refused;

          @Override
          public void send(byte[] message) throws IOException {
            said.add(new String(message, StandardCharsets.UTF_8));
            if (acknowledged == 2 && !refused) {
              refused = true;
              throw new IOException("refused");
            }
            if (++acknowledged == messages) {
              device[0].end();
            }
          }

          @Override
          public void close() {
            // Nothing is open.
          }
        };
    device[0] = new ClusterDevice("D", channel, began, periodMillis, messagesAProblem, 3);
    device[0].run();
    return device[0];
  }
}
