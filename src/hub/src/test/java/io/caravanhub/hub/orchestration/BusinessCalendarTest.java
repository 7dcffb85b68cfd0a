package io.caravanhub.hub.orchestration;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.core.rule.YamlField;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class BusinessCalendarTest {
  private static final BusinessCalendar OFFICE =
      read(
          "{zone: Europe/Zurich, hours: {mon: '08:00-17:00', tue: ['08:00-12:00', '13:00-17:00'],"
              + " wed: '08:00-17:00', thu: '08:00-17:00', fri: '08:00-17:00'}, holidays:"
              + " ['2026-12-25']}");
  private static final BusinessCalendar NIGHT =
      read("{zone: Europe/Zurich, hours: {sat: '22:00-06:00'}}");

  @Test
  void isOpenInItsHoursByTheClocksOfItsZone() {
    assertThat(OFFICE.isOpen(Instant.parse("2026-07-01T06:00:00Z"))).isTrue();
    assertThat(OFFICE.isOpen(Instant.parse("2026-07-01T05:59:59Z"))).isFalse();
    assertThat(OFFICE.isOpen(Instant.parse("2026-12-01T06:59:59Z"))).isFalse();
    assertThat(OFFICE.isOpen(Instant.parse("2026-12-01T07:00:00Z"))).isTrue();
    assertThat(OFFICE.isOpen(Instant.parse("2026-12-01T11:30:00Z"))).isFalse();
    assertThat(OFFICE.isOpen(Instant.parse("2026-12-01T16:00:00Z"))).isFalse();
  }

  @Test
  void opensAfterAWeekendAndAHoliday() {
    assertThat(OFFICE.nextOpening(Instant.parse("2026-12-24T17:00:00Z")))
        .contains(Instant.parse("2026-12-28T07:00:00Z"));
  }

  @Test
  void anOpeningAfterTheSwitchToSummerIsAnHourEarlierInUniversalTime() {
    // Clocks go forward in the night to Sunday, 29 March 2026.
    assertThat(OFFICE.nextOpening(Instant.parse("2026-03-27T17:00:00Z")))
        .contains(Instant.parse("2026-03-30T06:00:00Z"));
    assertThat(OFFICE.nextOpening(Instant.parse("2026-10-23T17:00:00Z")))
        .contains(Instant.parse("2026-10-26T07:00:00Z"));
  }

  @Test
  void aNightShiftOverTheSwitchHasTheHoursItReallyHas() {
    Instant spring = Instant.parse("2026-03-28T21:00:00Z");
    assertThat(NIGHT.plus(spring, Duration.ofHours(7)))
        .isEqualTo(Instant.parse("2026-03-29T04:00:00Z"));
    assertThat(NIGHT.isOpen(Instant.parse("2026-03-29T03:59:00Z"))).isTrue();
    assertThat(NIGHT.isOpen(Instant.parse("2026-03-29T04:00:00Z"))).isFalse();
    Instant autumn = Instant.parse("2026-10-24T20:00:00Z");
    assertThat(NIGHT.plus(autumn, Duration.ofHours(9)))
        .isEqualTo(Instant.parse("2026-10-25T05:00:00Z"));
    assertThat(NIGHT.plus(autumn, Duration.ofHours(9).plusMinutes(1)))
        .isEqualTo(Instant.parse("2026-10-31T21:01:00Z"));
  }

  @Test
  void workingTimeGoesOnTheNextWorkingDay() {
    assertThat(OFFICE.plus(Instant.parse("2026-12-24T15:00:00Z"), Duration.ofHours(4)))
        .isEqualTo(Instant.parse("2026-12-28T10:00:00Z"));
    assertThat(OFFICE.plus(Instant.parse("2026-12-01T10:00:00Z"), Duration.ofHours(2)))
        .isEqualTo(Instant.parse("2026-12-01T13:00:00Z"));
  }

  @Test
  void aDayBeginsAtMidnightOfItsZone() {
    assertThat(OFFICE.dayOf(Instant.parse("2026-07-01T22:30:00Z")))
        .isEqualTo(Instant.parse("2026-07-01T22:00:00Z"));
  }

  private static BusinessCalendar read(String yaml) {
    return BookReader.calendar(YamlField.parse(yaml));
  }
}
