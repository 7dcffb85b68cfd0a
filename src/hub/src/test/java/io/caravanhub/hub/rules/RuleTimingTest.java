package io.caravanhub.hub.rules;

import static io.caravanhub.hub.rules.RuleStory.rule;
import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.core.rule.Detection;
import io.caravanhub.core.rule.EventType;
import io.caravanhub.core.rule.Schedule;
import io.caravanhub.core.rule.Severity;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Delays, cooldown, what ends an event, steps of severity, hours. */
class RuleTimingTest {

  @Test
  void anEventIsOverWhenItsConditionHasNotBeenMetForTheOffDelay() {
    RuleStory story = RuleStory.of(rule("{metric: t, above: 50, clear_for: PT30S}"));
    story.measure(0, "t", 60).measure(10, "t", 40).measure(20, "t", 60).measure(30, "t", 40);
    story.measure(59, "t", 40);
    assertThat(story.plot()).isEqualTo("RAISE@0");
    assertThat(story.measure(60, "t", 40).plot()).isEqualTo("RAISE@0 CLEAR@60");
  }

  @Test
  void withinItsCooldownNoOtherEventIsRaised() {
    RuleStory story = RuleStory.of(rule("{metric: t, above: 50}", "cooldown: PT60S"));
    story.measure(0, "t", 60).measure(10, "t", 40).measure(20, "t", 60).measure(59, "t", 60);
    assertThat(story.plot()).isEqualTo("RAISE@0 CLEAR@10");
    assertThat(story.measure(60, "t", 60).plot()).isEqualTo("RAISE@0 CLEAR@10 RAISE@60");
    assertThat(story.told.get(story.told.size() - 1).onset())
        .isEqualTo(RuleStory.START.plusSeconds(20));
  }

  @Test
  void aClearConditionEndsTheEventInItsOwnWay() {
    RuleStory story =
        RuleStory.of(rule("{metric: t, above: 50}", "clear_when: {metric: door, below: 1}"));
    story.measure(0, "door", 1).measure(0, "t", 60).measure(5, "t", 20).measure(6, "door", 0);
    assertThat(story.plot()).isEqualTo("RAISE@0 CLEAR@6");
  }

  @Test
  void anEventBecomesWorseStepByStepAndOnce() {
    RuleStory story =
        RuleStory.of(
            rule(
                "{metric: t, above: 50}",
                "steps: [{above: 70, severity: high}, {above: 90, severity: critical, type:"
                    + " critical_fault}]"));
    story.measure(0, "t", 60).measure(1, "t", 75).measure(2, "t", 80).measure(3, "t", 95);
    story.measure(4, "t", 60).measure(5, "t", 40);
    assertThat(story.plot()).isEqualTo("RAISE@0 ESCALATE@1 ESCALATE@3 CLEAR@5");
    assertThat(story.told.stream().map(d -> d.rule().outcome().severity()).distinct())
        .containsExactly(Severity.HIGH, Severity.CRITICAL);
    assertThat(story.told.stream().map(Detection::dedupKey).distinct()).hasSize(1);
    Detection worst =
        story.told.stream()
            .filter(d -> d.rule().outcome().type() == EventType.CRITICAL_FAULT)
            .findFirst()
            .orElseThrow();
    assertThat(worst.threshold()).isEqualTo(90);
  }

  @Test
  void outsideItsHoursARuleNeitherRaisesNorClears() {
    RuleStory story =
        RuleStory.of(
            rule(
                "{metric: t, above: 50}",
                "schedule: {days: [sun], from: '09:00', to: '10:00', zone: Europe/Zurich}"));
    // 2026-03-01 is a Sunday; 08:00 UTC is 09:00 in Zurich.
    story.measure(-60, "t", 60);
    assertThat(story.plot()).isEmpty();
    story.measure(0, "t", 60).measure(3600, "t", 40);
    assertThat(story.plot()).isEqualTo("RAISE@0");
  }

  @Test
  void hoursMayGoOverMidnightAndFollowDaylightSaving() {
    Schedule night =
        new Schedule(
            Set.of(DayOfWeek.FRIDAY),
            LocalTime.of(22, 0),
            LocalTime.of(6, 0),
            ZoneId.of("Europe/Zurich"),
            Schedule.Holidays.NONE);
    assertThat(
            List.of(
                covers(night, "2026-01-02T21:00:00Z"),
                covers(night, "2026-01-03T04:59:00Z"),
                covers(night, "2026-01-03T05:00:00Z"),
                covers(night, "2026-01-02T04:00:00Z"),
                covers(night, "2026-07-03T20:00:00Z")))
        .containsExactly(true, true, false, false, true);
  }

  @Test
  void onHolidaysNoHoursBegin() {
    String hours =
        "schedule: {from: '22:00', to: '06:00', zone: UTC, holidays: [12-25, 2026-04-03]}";
    Schedule schedule =
        RuleStory.book(rule("{metric: t, above: 50}", hours)).entries().get(0).rule().schedule();
    assertThat(
            List.of(
                covers(schedule, "2026-12-24T23:00:00Z"),
                covers(schedule, "2026-12-25T05:00:00Z"),
                covers(schedule, "2026-12-25T23:00:00Z"),
                covers(schedule, "2026-12-26T05:00:00Z"),
                covers(schedule, "2027-12-25T23:00:00Z"),
                covers(schedule, "2026-04-03T23:00:00Z"),
                covers(schedule, "2027-04-03T23:00:00Z")))
        .containsExactly(true, true, false, false, false, false, true);
  }

  private static boolean covers(Schedule schedule, String at) {
    return schedule.covers(Instant.parse(at).toEpochMilli());
  }
}
