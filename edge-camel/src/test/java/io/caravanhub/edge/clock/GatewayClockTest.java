package io.caravanhub.edge.clock;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class GatewayClockTest {
  private static final long HOUR = 3_600_000;
  private final FakeTime time = new FakeTime();
  private final Map<Long, ClockSegment> kept = new TreeMap<>();
  private GatewayClock clock = clock();

  private GatewayClock clock() {
    return new GatewayClock(
        time, List.copyOf(kept.values()), segment -> kept.put(segment.id(), segment));
  }

  private Long offset(long segment) {
    return kept.get(segment).offset();
  }

  @Test
  void readingsTakenWhileTheClockWasWrongAreCorrectedOnceTheHubIsReached() {
    long wrong = clock.segmentAt(time.wallMillis());
    time.pass(1000);
    time.jump(-5 * HOUR);
    long worse = clock.segmentAt(time.wallMillis());
    time.pass(1000);
    time.jump(8 * HOUR);
    long now = clock.segmentAt(time.wallMillis());
    assertThat(clock.isOpen(wrong)).isTrue();
    clock.measured(2000, 5);
    assertThat(offset(now)).isEqualTo(2000);
    assertThat(offset(worse)).isEqualTo(2000 + 8 * HOUR);
    assertThat(offset(wrong)).isEqualTo(2000 + 3 * HOUR);
  }

  @Test
  void anOffsetNeverChangesOnceItIsSettled() {
    long first = clock.segmentAt(time.wallMillis());
    clock.measured(700, 5);
    time.pass(HOUR);
    clock.measured(740, 5);
    assertThat(clock.segmentAt(time.wallMillis())).as("40 ms are not worth it").isEqualTo(first);
    clock.measured(2000, 5);
    assertThat(clock.segmentAt(time.wallMillis())).isGreaterThan(first);
    assertThat(clock.offset()).isEqualTo(2000);
    assertThat(offset(first)).isEqualTo(700);
  }

  @Test
  void aJumpAfterAMeasurementIsKnownAtOnce() {
    AtomicInteger jumps = new AtomicInteger();
    clock.onJump(jumps::incrementAndGet);
    clock.measured(100, 5);
    time.jump(-HOUR);
    clock.look();
    assertThat(clock.offset()).isEqualTo(100 + HOUR);
    assertThat(jumps).hasValue(1);
    time.pass(10_000);
    assertThat(clock.look()).isFalse();
  }

  @Test
  void aReadingFromBeforeAJumpKeepsTheClockItWasTakenWith() {
    time.pass(5000);
    long before = clock.segmentAt(time.wallMillis());
    long reading = time.wallMillis();
    time.jump(30 * HOUR);
    assertThat(clock.segmentAt(time.wallMillis())).isGreaterThan(before);
    assertThat(clock.segmentAt(reading)).isEqualTo(before);
  }

  @Test
  void anotherProcessOfTheSameStartKnowsWhatTheFirstMeasured() {
    clock.measured(900, 5);
    time.pass(1000);
    clock = clock();
    assertThat(clock.offset()).isEqualTo(900);
  }

  @Test
  void anEarlierStartOfTheMachineThatWasNeverMeasuredStaysUnknown() {
    long before = clock.segmentAt(time.wallMillis());
    time.reboot();
    clock = clock();
    clock.measured(50, 1);
    assertThat(clock.isOpen(before)).isFalse();
    assertThat(offset(before)).isNull();
    assertThat(clock.age(before, time.wallMillis())).isNull();
  }

  @Test
  void whatWasSentUnmeasuredStaysSo() {
    long sent = clock.segmentAt(time.wallMillis());
    clock.giveUp(sent);
    clock.measured(5000, 5);
    assertThat(offset(sent)).isNull();
    assertThat(clock.offset()).isEqualTo(5000);
  }

  @Test
  void anOffsetBelowWhatTheMeasurementCanTellIsNone() {
    clock.measured(3, 4);
    assertThat(clock.offset()).isZero();
  }
}
