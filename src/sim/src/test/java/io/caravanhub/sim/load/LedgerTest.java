package io.caravanhub.sim.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LedgerTest {
  private static final long START = 1_800_000_000_000L;

  private final Ledger ledger = new Ledger(START);
  private final LoadDevice device = new LoadDevice("T-1", "token", START);

  @Test
  void keepsTheTimestampOfEveryMessage() {
    for (int i = 0; i < 1_000; i++) {
      assertThat(ledger.add(START + 3L * i)).isEqualTo(i);
    }

    assertThat(ledger.size()).isEqualTo(1_000);
    assertThat(ledger.timestamp(0)).isEqualTo(START);
    assertThat(ledger.timestamp(999)).isEqualTo(START + 2_997);
  }

  @Test
  void theTimeOfARunIsWhatWasFilledInAndAllSinceItBegan() {
    ledger.add(START + 5);
    ledger.add(START - 20_000);
    ledger.add(START - 19_000);
    ledger.add(START + 7);

    Ledger.Span filledIn = new Ledger.Span(START - 20_000, START - 18_999);
    assertThat(ledger.spans(START + 900))
        .containsExactly(filledIn, new Ledger.Span(START, START + 900));
    assertThat(ledger.spans(START)).containsExactly(filledIn, new Ledger.Span(START, START + 8));
  }

  @Test
  void countsAnAcknowledgementOnceHoweverOftenItComes() {
    ledger.add(START);
    ledger.add(START + 1);

    ledger.acknowledge(1);
    ledger.acknowledge(1);

    assertThat(ledger.acknowledged()).isEqualTo(1);
    assertThat(ledger.isAcknowledged(0)).isFalse();
    assertThat(ledger.isAcknowledged(1)).isTrue();
  }

  @Test
  void refusesATimestampThatItCannotHold() {
    assertThatThrownBy(() -> ledger.add(START + Duration.ofDays(60).toMillis()))
        .isInstanceOf(ArithmeticException.class);
  }

  @Test
  void aDeviceGivesNoTimeTwice() {
    device.measure(false, START);
    device.measure(false, START);
    device.measure(false, START - 10);
    device.measure(false, START + 50);

    assertThat(times()).containsExactly(0L, 1L, 2L, 50L);
    assertThat(device.ahead(START)).isEqualTo(50);
  }

  @Test
  void whatADeviceFillsInIsSixHoursOldAndUniqueToo() {
    device.measure(true, START);
    device.measure(true, START);
    device.measure(false, START);

    assertThat(times()).containsExactly(-21_600_000L, -21_599_999L, 0L);
  }

  private Long[] times() {
    Long[] times = new Long[device.ledger().size()];
    for (int i = 0; i < times.length; i++) {
      times[i] = device.ledger().timestamp(i) - START;
    }
    return times;
  }
}
