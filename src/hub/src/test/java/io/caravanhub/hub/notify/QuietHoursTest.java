package io.caravanhub.hub.notify;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Quiet hours and digests by the reader's own clock. */
class QuietHoursTest {
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
  private static final Set<DayOfWeek> ALL = EnumSet.allOf(DayOfWeek.class);

  private static Instant end(String now, QuietHours... quiet) {
    return QuietHours.end(List.of(quiet), Instant.parse(now), BERLIN);
  }

  private static QuietHours night(Set<DayOfWeek> days) {
    return new QuietHours(days, LocalTime.of(22, 0), LocalTime.of(6, 0));
  }

  @Test
  void aNightEndsInTheMorningOfTheNextDay() {
    assertThat(end("2026-06-10T21:00:00Z", night(ALL))).isEqualTo("2026-06-11T04:00:00Z");
    assertThat(end("2026-06-11T03:59:00Z", night(ALL))).isEqualTo("2026-06-11T04:00:00Z");
  }

  @Test
  void outsideOfThemNothingWaits() {
    assertThat(end("2026-06-11T04:00:00Z", night(ALL))).isEqualTo("2026-06-11T04:00:00Z");
    assertThat(end("2026-06-11T12:00:00Z", night(ALL))).isEqualTo("2026-06-11T12:00:00Z");
  }

  @Test
  void theNightInWhichSummerTimeBeginsIsAnHourShorter() {
    assertThat(end("2026-03-28T22:00:00Z", night(ALL))).isEqualTo("2026-03-29T04:00:00Z");
  }

  @Test
  void theNightInWhichItEndsIsAnHourLonger() {
    assertThat(end("2026-10-24T21:00:00Z", night(ALL))).isEqualTo("2026-10-25T05:00:00Z");
  }

  @Test
  void anEndInTheHourThatIsSkippedComesAfterIt() {
    QuietHours quiet = new QuietHours(ALL, LocalTime.of(22, 0), LocalTime.of(2, 30));
    assertThat(end("2026-03-29T00:30:00Z", quiet)).isEqualTo("2026-03-29T01:30:00Z");
  }

  @Test
  void daysAreThoseOnWhichItBegins() {
    QuietHours friday = night(EnumSet.of(DayOfWeek.FRIDAY));
    assertThat(end("2026-06-12T22:00:00Z", friday)).isEqualTo("2026-06-13T04:00:00Z");
    assertThat(end("2026-06-11T22:00:00Z", friday)).isEqualTo("2026-06-11T22:00:00Z");
  }

  @Test
  void oneThatBeginsWhereAnotherEndsGoesOn() {
    QuietHours morning = new QuietHours(ALL, LocalTime.of(6, 0), LocalTime.of(9, 0));
    assertThat(end("2026-06-10T21:00:00Z", night(ALL), morning)).isEqualTo("2026-06-11T07:00:00Z");
  }

  private static Recipient recipient(String digest, List<QuietHours> quiet) {
    return new Recipient(
        UUID.randomUUID(),
        "A",
        "",
        "de",
        "Europe/Berlin",
        Map.of(),
        quiet,
        digest,
        LocalTime.of(8, 0),
        null,
        true);
  }

  @Test
  void aDailyDigestComesAtItsHourOnTheWall() {
    assertThat(
            recipient("daily", List.of())
                .goesOut(Instant.parse("2026-06-10T05:59:00Z"), Brand.DEFAULT))
        .isEqualTo("2026-06-10T06:00:00Z");
    assertThat(
            recipient("daily", List.of())
                .goesOut(Instant.parse("2026-06-10T06:00:00Z"), Brand.DEFAULT))
        .isEqualTo("2026-06-11T06:00:00Z");
  }

  @Test
  void anHourlyDigestWaitsForTheEndOfQuietHours() {
    assertThat(
            recipient("hourly", List.of(night(ALL)))
                .goesOut(Instant.parse("2026-06-10T20:30:00Z"), Brand.DEFAULT))
        .isEqualTo("2026-06-11T04:00:00Z");
  }
}
