package io.caravanhub.hub.connector;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.core.cloud.CloudException.Kind;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class PollScheduleTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final Duration EVERY = Duration.ofMinutes(5);

  @Test
  void keepsItsRhythmWhateverAPollTakes() {
    assertThat(PollSchedule.afterSuccess(NOW.minusSeconds(20), EVERY, null, NOW))
        .isEqualTo(NOW.plusSeconds(280));
  }

  @Test
  void leavesOutTurnsThatWereMissed() {
    assertThat(PollSchedule.afterSuccess(NOW.minusSeconds(3_000), EVERY, null, NOW))
        .isEqualTo(NOW.plusSeconds(300));
  }

  @Test
  void isNeverSoonerThanTheCloudAskedFor() {
    Instant asked = NOW.plusSeconds(900);
    assertThat(PollSchedule.afterSuccess(NOW, EVERY, asked, NOW)).isEqualTo(asked);
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
