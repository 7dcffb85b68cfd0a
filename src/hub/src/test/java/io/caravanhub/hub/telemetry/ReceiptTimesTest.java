package io.caravanhub.hub.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ReceiptTimesTest {
  private static final long NOW = 1_767_225_600_000L;

  private final ReceiptTimes times =
      new ReceiptTimes(Clock.fixed(Instant.ofEpochMilli(NOW), ZoneOffset.UTC));

  @Test
  void messagesOfOneMillisecondHaveTimesInTheirOrder() {
    assertThat(LongStream.generate(() -> times.micros(NOW, 1)).limit(3_000))
        .isSorted()
        .doesNotHaveDuplicates()
        .startsWith(NOW * 1_000);
  }

  @Test
  void anArrayHasItsMicrosecondsToItself() {
    assertThat(times.micros(NOW, 10)).isEqualTo(NOW * 1_000);
    assertThat(times.micros(NOW, 1)).isEqualTo(NOW * 1_000 + 10);
  }

  @Test
  void aMessageThatHasWaitedKeepsItsMillisecond() {
    times.micros(NOW, 1);

    long first = times.micros(NOW - 60_000, 1);
    long second = times.micros(NOW - 60_000, 1);

    assertThat(first).isNotEqualTo(second);
    assertThat(LongStream.of(first, second)).allMatch(micros -> micros / 1_000 == NOW - 60_000);
  }

  @Test
  void aClockThatWasSetBackIsFollowed() {
    times.micros(NOW + 3_600_000, 1);

    assertThat(times.micros(NOW, 1)).isEqualTo(NOW * 1_000);
  }
}
