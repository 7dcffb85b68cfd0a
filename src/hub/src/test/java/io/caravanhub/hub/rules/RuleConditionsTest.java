package io.caravanhub.hub.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.core.telemetry.Measurement;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RuleConditionsTest {

  @Test
  void aThresholdRaisesAboveItsLimitAndClearsOnlyBelowItsClearingValue() {
    RuleStory story = RuleStory.of(RuleStory.rule("{metric: t, above: 50, clear: 45}"));
    story.measure(0, "t", 50).measure(1, "t", 50.1).measure(2, "t", 48).measure(3, "t", 55);
    story.measure(4, "t", 45.1).measure(5, "t", 45).measure(6, "t", 49).measure(7, "t", 51);
    assertThat(story.plot()).isEqualTo("RAISE@1 CLEAR@5 RAISE@7");
  }

  @Test
  void aLowerThresholdWorksTheOtherWayRound() {
    RuleStory story = RuleStory.of(RuleStory.rule("{metric: t, below: -5, clear: -2.5}"));
    story.measure(0, "t", -5).measure(1, "t", -6).measure(2, "t", -3).measure(3, "t", -2);
    assertThat(story.plot()).isEqualTo("RAISE@1 CLEAR@3");
  }

  @Test
  void aDurationMustBeMetWithoutABreak() {
    RuleStory story = RuleStory.of(RuleStory.rule("{metric: t, above: 50, for: PT30S}"));
    story.measure(0, "t", 60).measure(20, "t", 60).measure(25, "t", 40).measure(30, "t", 60);
    story.measure(59, "t", 60).measure(60, "t", 60).measure(61, "t", 60);
    assertThat(story.plot()).isEqualTo("RAISE@60");
    assertThat(story.told.get(0).onset()).isEqualTo(RuleStory.START.plusSeconds(30));
  }

  @Test
  void aDurationDoesNotRunThroughAnHourWithoutReadings() {
    RuleStory story = RuleStory.of(RuleStory.rule("{metric: t, above: 50, for: PT30S}"));
    story.measure(0, "t", 60).measure(3600, "t", 60).measure(3629, "t", 60);
    assertThat(story.plot()).isEmpty();
    assertThat(story.measure(3630, "t", 60).plot()).isEqualTo("RAISE@3630");
  }

  @Test
  void aRiseIsMeasuredOverItsWindowAndNotBeforeTheWindowIsCovered() {
    RuleStory story =
        RuleStory.of(RuleStory.rule("{metric: t, rises: 5, within: PT60S, clear: 1}"));
    for (int second = 0; second <= 50; second += 10) {
      story.measure(second, "t", second);
    }
    assertThat(story.plot()).isEmpty();
    story.measure(60, "t", 60);
    assertThat(story.plot()).isEqualTo("RAISE@60");
    for (int second = 70; second <= 120; second += 10) {
      story.measure(second, "t", 60);
    }
    assertThat(story.plot()).isEqualTo("RAISE@60 CLEAR@120");
  }

  @Test
  void aFallIsTheSameDownwards() {
    RuleStory story = RuleStory.of(RuleStory.rule("{metric: t, falls: 5, within: PT10S}"));
    story.measure(0, "t", 20).measure(10, "t", 15).measure(20, "t", 9).measure(30, "t", 9);
    assertThat(story.plot()).isEqualTo("RAISE@20 CLEAR@30");
    assertThat(story.told.get(0).value()).isEqualTo(-6);
  }

  @Test
  void aStuckValueIsNoticedAndClearsWhenItMoves() {
    RuleStory story = RuleStory.of(RuleStory.rule("{metric: t, unchanged_for: PT20S}"));
    story.measure(0, "t", 20.01);
    for (int second = 5; second <= 30; second += 5) {
      story.measure(second, "t", 20.02);
    }
    story.measure(35, "t", 20.03);
    assertThat(story.plot()).isEqualTo("RAISE@25 CLEAR@35");
  }

  @Test
  void badQualityNeverRaisesAndNeverClears() {
    RuleStory story = RuleStory.of(RuleStory.rule("{metric: t, above: 50}"));
    assertThat(story.measureBad(0, "t", 99).plot()).isEmpty();
    story.measure(1, "t", 60).measureBad(2, "t", 0);
    assertThat(story.plot()).isEqualTo("RAISE@1");
  }

  @Test
  void outsideItsContextARuleNeitherRaisesNorClears() {
    RuleStory story =
        RuleStory.of(
            "rules: [{id: r, when: {metric: p, below: 700}, while: [{metric: run, is: 'on'},"
                + " {metric: amps, above: 1}], "
                + RuleStory.event()
                + "}]");
    story.measure(0, "p", 600);
    story.take(text(1, "on")).measure(1, "amps", 0.5).measure(1, "p", 600);
    assertThat(story.plot()).isEmpty();
    story.measure(2, "amps", 8).measure(2, "p", 600);
    story.take(text(3, "off")).measure(3, "p", 900);
    assertThat(story.plot()).isEqualTo("RAISE@2");
    story.take(text(4, "on")).measure(4, "p", 900);
    assertThat(story.plot()).isEqualTo("RAISE@2 CLEAR@4");
  }

  @Test
  void lateAndRepeatedMeasurementsDoNotDisturbARunningDuration() {
    RuleStory story = RuleStory.of(RuleStory.rule("{metric: t, above: 50, for: PT30S}"));
    story.measure(10, "t", 60).measure(20, "t", 60).measure(5, "t", 10).measure(20, "t", 60);
    story.measure(40, "t", 60);
    assertThat(story.plot()).isEqualTo("RAISE@40");
  }

  @Test
  void aLateMeasurementThatBreaksTheConditionBreaksTheDuration() {
    RuleStory story = RuleStory.of(RuleStory.rule("{metric: t, above: 50, for: PT30S}"));
    story.measure(10, "t", 60).measure(20, "t", 60).measure(30, "t", 60).measure(15, "t", 10);
    story.measure(40, "t", 60).measure(50, "t", 60);
    assertThat(story.plot()).isEqualTo("RAISE@50");
    assertThat(story.told.get(0).onset()).isEqualTo(RuleStory.START.plusSeconds(20));
  }

  @Test
  void oneMessageMayHoldManyMomentsInAnyOrder() {
    RuleStory story = RuleStory.of(RuleStory.rule("{metric: t, above: 50, for: PT30S}"));
    Instant start = RuleStory.START;
    story.take(
        Measurement.of("t", start.plusSeconds(30), 60, null),
        Measurement.of("t", start, 60, null),
        Measurement.of("t", start.plusSeconds(15), 60, null));
    assertThat(story.plot()).isEqualTo("RAISE@30");
  }

  @Test
  void aCombinationIsWrittenWithWhile() {
    RuleStory story =
        RuleStory.of(
            "rules: [{id: r, when: {metric: a, above: 1}, while: [{metric: b, below: 0}], "
                + RuleStory.event()
                + "}]");
    story.measure(0, "b", 1).measure(0, "a", 2).measure(1, "b", -1).measure(1, "a", 2);
    assertThat(story.plot()).isEqualTo("RAISE@1");
  }

  private static Measurement text(int second, String text) {
    Measurement bare = Measurement.of("run", RuleStory.START.plusSeconds(second), Double.NaN, null);
    return new Measurement(bare.metric(), bare.ts(), Double.NaN, text, null, bare.quality(), null);
  }
}
