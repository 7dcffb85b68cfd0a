package io.caravanhub.hub.connector;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.core.cloud.CloudException.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PollScheduleTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Duration EVERY = Duration.ofMinutes(5);

  @Test
  void keepsItsRhythmWhateverAPollTakes() {
    UUID id = UUID.randomUUID();
    Instant first = PollSchedule.afterSuccess(id, NOW, EVERY, null, NOW);
    assertThat(first).isBetween(NOW.plusSeconds(150), NOW.plusSeconds(450));
    for (int late = 0; late < 140; late += 20) {
      assertThat(PollSchedule.afterSuccess(id, first, EVERY, null, first.plusSeconds(late)))
          .isEqualTo(first.plus(EVERY));
    }
  }

  @Test
  void leavesOutTurnsThatWereMissed() {
    UUID id = UUID.randomUUID();
    Instant turn = PollSchedule.afterSuccess(id, NOW, EVERY, null, NOW);
    assertThat(PollSchedule.afterSuccess(id, turn, EVERY, null, turn.plusSeconds(3_010)))
        .isEqualTo(turn.plusSeconds(3_300));
  }

  @Test
  void aThousandThatWereEnabledAtOnceAreSpreadOverTheInterval() {
    int[] inEachSecond = new int[300];
    for (int i = 0; i < 1_000; i++) {
      Instant first = PollSchedule.afterSuccess(UUID.randomUUID(), NOW, EVERY, null, NOW);
      inEachSecond[(int) Math.floorMod(first.getEpochSecond(), 300L)]++;
    }
    assertThat(IntStream.of(inEachSecond).max().orElse(0)).isLessThan(16);
    assertThat(IntStream.of(inEachSecond).filter(n -> n > 0).count()).isGreaterThan(250);
  }

  @Test
  void isNeverSoonerThanTheCloudAskedFor() {
    Instant asked = NOW.plusSeconds(900);
    assertThat(PollSchedule.afterSuccess(UUID.randomUUID(), NOW, EVERY, asked, NOW))
        .isEqualTo(asked);
    assertThat(PollSchedule.afterFailure(0, Kind.LIMITED, asked, EVERY, NOW))
        .isAfterOrEqualTo(asked);
  }

  @Test
  void waitsTwiceAsLongAfterEachFailureUpToAnHour() {
    for (int failures = 0; failures < 40; failures++) {
      long seconds =
          Duration.between(
                  NOW, PollSchedule.afterFailure(failures, Kind.UNAVAILABLE, null, EVERY, NOW))
              .toSeconds();
      long middle = Math.min(3_600, 15L << Math.min(failures, 8));
      assertThat(seconds).isBetween((long) (middle * 0.74), (long) (middle * 1.26));
    }
  }

  @Test
  void triesRefusedCredentialsLessOften() {
    assertThat(PollSchedule.afterFailure(0, Kind.REFUSED, null, EVERY, NOW))
        .isAfter(NOW.plusSeconds(80));
  }
}
