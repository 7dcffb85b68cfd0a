package io.caravanhub.sim.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class TallyTest {
  private final Tally tally = new Tally();

  @Test
  void percentilesAreInMilliseconds() {
    for (int ms = 1; ms <= 1_000; ms++) {
      tally.latency(Duration.ofMillis(ms).toNanos());
    }

    assertThat(tally.percentile(50)).isCloseTo(500, within(1.0));
    assertThat(tally.percentile(95)).isCloseTo(950, within(1.0));
    assertThat(tally.percentile(99)).isCloseTo(990, within(1.0));
    assertThat(tally.slowest()).isCloseTo(1_000, within(1.0));
  }

  @Test
  void anOutageLongerThanItsScaleCountsAsTheLongest() {
    tally.latency(Duration.ofHours(30).toNanos());
    tally.latency(-5);

    assertThat(tally.slowest()).isCloseTo(3_600_000, within(4_000.0));
  }

  @Test
  void aMessageIsAcknowledgedInTallyAndLedgerAlike() {
    LoadDevice device = new LoadDevice("T-1", "", 0);
    Message message = new Message(device, device.measure(false, 5), System.nanoTime());

    message.settle(tally);

    assertThat(tally.acknowledged.sum()).isEqualTo(1);
    assertThat(device.ledger().isAcknowledged(0)).isTrue();
    assertThat(tally.percentile(50)).isLessThan(1_000);
  }
}
