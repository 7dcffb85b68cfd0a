package io.caravanhub.hub.rules;

import static io.caravanhub.hub.rules.RuleStory.rule;
import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.core.rule.Peers;
import io.caravanhub.core.rule.RuleDevice;
import io.caravanhub.core.telemetry.Measurement;
import io.caravanhub.core.telemetry.Quality;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Operators, windows, combinations and references. */
class WideConditionsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{metric: t, at_least: 50}                     | 49 50 51    | RAISE@1",
        "{metric: t, at_most: 5}                       | 6 5 6       | RAISE@1 CLEAR@2",
        "{metric: t, between: [10, 20]}                | 9 10 20 21  | RAISE@1 CLEAR@3",
        "{metric: t, outside: [10, 20], hysteresis: 2} | 15 21 19 18 | RAISE@1 CLEAR@3",
        "{metric: t, outside: [10, 20], hysteresis: 2} | 15 9 11 12  | RAISE@1 CLEAR@3",
        "{metric: t, equals: 3, tolerance: 0.5}        | 1 2.6 3.4 4 | RAISE@1 CLEAR@3",
        "{metric: t, in: [1, 7]}                       | 2 7 1 3     | RAISE@1 CLEAR@3",
        "{metric: t, above: 50, hysteresis: 5}         | 51 46 45 44 | RAISE@0 CLEAR@2",
        "{metric: t, above: 50, deadband: 3}           | 49 51 48 53 | RAISE@3",
        "{not: {metric: t, between: [10, 20]}}         | 15 25 12    | RAISE@1 CLEAR@2",
        "{any: [{metric: t, above: 9}, {metric: t, below: 1}]} | 5 0 5 10 | RAISE@1 CLEAR@2"
            + " RAISE@3",
      })
  void aComparisonIsMetAndClears(String when, String values, String plot) {
    RuleStory story = RuleStory.of(rule(when));
    int second = 0;
    for (String value : values.strip().split(" ")) {
      story.measure(second++, "t", Double.parseDouble(value));
    }
    assertThat(story.plot()).isEqualTo(plot);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "mean   | above: 5   | 5.5",
        "max    | above: 9   | 10",
        "min    | below: 0.5 | -1",
        "range  | above: 8.5 | 9",
        "sum    | above: 54  | 55",
        "median | above: 5   | 5.5",
        "p90    | above: 9   | 9.1",
        "stddev | above: 3   | 3.0276503540974917",
      })
  void aStatisticIsOverItsWindowAndNotBeforeThatIsCovered(
      String statistic, String bound, double expected) {
    RuleStory story =
        RuleStory.of(
            rule("{metric: t, statistic: %s, over: PT10S, %s}".formatted(statistic, bound)));
    for (int second = 0; second < 10; second++) {
      story.measure(second, "t", second);
    }
    assertThat(story.plot()).isEmpty();
    story.measure(10, "t", statistic.equals("min") ? -1 : 10);
    assertThat(story.plot()).isEqualTo("RAISE@10");
    assertThat(story.told.get(0).value())
        .isCloseTo(expected, org.assertj.core.data.Offset.offset(1e-9));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ", {id: long, when: {metric: t, statistic: mean, over: P31D, above: 1000}, %s}"
      })
  void aWindowOfAMonthDoesNotSpoilOneOfMinutes(String other) {
    RuleStory story =
        RuleStory.of(
            rule("{metric: t, rises: 6, within: PT5M}")
                .replaceAll("]$", other.formatted(RuleStory.event()) + "]"));
    for (int minute = 0; minute <= 60; minute++) {
      story.measure(minute * 60, "t", minute < 40 ? 0 : Math.min(minute - 40, 5) * 1.4);
    }
    assertThat(story.plot()).isEqualTo("RAISE@2700 CLEAR@2760");
  }

  @Test
  void aRepeatedReadingLeavesTheWindowsAsTheyAre() {
    RuleStory story =
        RuleStory.of(
            rule("{metric: t, statistic: sum, over: PT15M, above: 100}")
                .replaceAll(
                    "]$",
                    ", {id: long, when: {metric: t, statistic: mean, over: P31D, above: 1000}, "
                        + RuleStory.event()
                        + "}]"));
    for (int second = 0; second <= 1200; second += 10) {
      story.measure(second, "t", 1).measure(second, "t", 1);
    }
    story.measure(1210, "t", 20);
    assertThat(story.plot()).isEqualTo("RAISE@1210");
  }

  @Test
  void aRateOfChangeIsToldForTheTimeAskedFor() {
    RuleStory story = RuleStory.of(rule("{metric: t, rate_above: 100, within: PT1M, per: PT1H}"));
    story.measure(0, "t", 10).measure(30, "t", 11).measure(60, "t", 12);
    assertThat(story.plot()).isEqualTo("RAISE@60");
    assertThat(story.told.get(0).value()).isEqualTo(120);
    assertThat(story.told.get(0).unit()).isEqualTo("Cel/h");
  }

  @Test
  void theShareOfTimeInAStateIsOfTheWholeWindow() {
    RuleStory story =
        RuleStory.of(rule("{metric: t, above: 90, share: {over: PT100S, above: 60}}"));
    for (int second = 0; second <= 100; second += 10) {
      story.measure(second, "t", second < 40 ? 50 : 95);
    }
    assertThat(story.plot()).isEmpty();
    story.measure(110, "t", 95);
    assertThat(story.plot()).isEqualTo("RAISE@110");
    assertThat(story.told.get(0).value()).isEqualTo(70);
    assertThat(story.told.get(0).unit()).isEqualTo("%");
  }

  @Test
  void startsAreCountedWithinTheWindowAndForgottenAfterIt() {
    RuleStory story =
        RuleStory.of(rule("{metric: run, is: 'on', count: {over: PT1M, at_least: 3}}"));
    String[] states = {"on", "off", "on", "on", "off", "on", "off", "on"};
    for (int i = 0; i < states.length; i++) {
      story.take(text(i * 5, states[i]));
    }
    assertThat(story.plot()).isEqualTo("RAISE@35");
    story.take(text(71, "on"));
    assertThat(story.plot()).isEqualTo("RAISE@35 CLEAR@71");
  }

  @Test
  void allPartsMustBeTrueWhicheverMetricComesLast() {
    RuleStory story = RuleStory.of(rule("{all: [{metric: a, above: 1}, {metric: b, below: 0}]}"));
    story.measure(0, "a", 2).measure(1, "b", 1).measure(2, "b", -1);
    assertThat(story.plot()).isEqualTo("RAISE@2");
    assertThat(story.measure(3, "a", 0).plot()).isEqualTo("RAISE@2 CLEAR@3");
  }

  @Test
  void aPartThatNobodyKnowsMakesTheWholeNeitherTrueNorFalse() {
    RuleStory story =
        RuleStory.of(rule("{all: [{metric: a, above: 1}, {not: {metric: b, above: 5}}]}"));
    assertThat(story.measure(0, "a", 2).plot()).isEmpty();
    assertThat(story.measure(1, "b", 0).plot()).isEqualTo("RAISE@1");
    assertThat(story.measure(2000, "a", 2).plot()).isEqualTo("RAISE@1");
  }

  @Test
  void aPartMayHaveToLast() {
    RuleStory story =
        RuleStory.of(rule("{all: [{metric: a, above: 1, for: PT10S}, {metric: b, above: 1}]}"));
    story.measure(0, "a", 2).measure(0, "b", 2).measure(5, "a", 2).measure(9, "b", 2);
    assertThat(story.plot()).isEmpty();
    assertThat(story.measure(10, "a", 2).plot()).isEqualTo("RAISE@10");
  }

  @Test
  void aPartThatHasToLastDoesNotLastThroughSilence() {
    RuleStory story = RuleStory.of(rule("{any: [{metric: t, above: 5, for: PT10M}]}"));
    story.measure(0, "t", 6).measure(28_800, "t", 6).measure(29_100, "t", 6);
    assertThat(story.plot()).isEmpty();
    assertThat(story.measure(29_400, "t", 6).plot()).isEqualTo("RAISE@29400");
    assertThat(story.measure(40_000, "t", 6).plot()).isEqualTo("RAISE@29400");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{all: [{metric: t, above: 50, for: PT30S}]}",
        "{all: [{metric: t, above: 50}], for: PT30S}",
        "{not: {metric: t, at_most: 50}, for: PT30S}",
        "{any: [{all: [{metric: t, above: 50}, {metric: t, below: 90}]}], for: PT30S}",
      })
  void aLateReadingBreaksTheDurationOfAPartToo(String when) {
    RuleStory story = RuleStory.of(rule(when));
    story.measure(10, "t", 60).measure(20, "t", 60).measure(30, "t", 60).measure(15, "t", 10);
    story.measure(40, "t", 60).measure(50, "t", 60);
    assertThat(story.plot()).isEqualTo("RAISE@50");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{metric: a, above: 1, share: {over: PT100S, above: 50}}",
        "{metric: a, above: 9, count: {over: P2D, at_least: 1}}",
        "{metric: a, unchanged_for: PT60S}",
      })
  void whatIsKnownOfAWindowGrowsStaleWithItsMetric(String part) {
    RuleStory story = RuleStory.of(rule("{all: [%s, {metric: b, above: 5}]}".formatted(part)));
    story.measure(0, "a", 0);
    for (int second = 10; second <= 200; second += 10) {
      story.measure(second, "a", 10);
    }
    assertThat(story.measure(86_400, "b", 6).plot()).isEmpty();
  }

  @Test
  void anotherMetricIsALimit() {
    RuleStory story =
        RuleStory.of(rule("{metric: t, above: {metric: setpoint, plus: 2}, hysteresis: 1}"));
    story.measure(0, "t", 30).measure(1, "setpoint", 24).measure(2, "t", 26).measure(3, "t", 25);
    story.measure(4, "setpoint", 20);
    assertThat(story.plot()).isEqualTo("RAISE@1 CLEAR@3 RAISE@4");
    assertThat(story.told.get(0).threshold()).isEqualTo(26);
  }

  @Test
  void yesterdayAtTheSameTimeIsALimit() {
    RuleStory story = RuleStory.of(rule("{metric: t, above: {ago: P1D, times: 1.5}}"));
    for (int minute = 0; minute <= 1500; minute += 5) {
      story.measure(minute * 60, "t", minute < 1450 ? 10 : 16);
    }
    assertThat(story.plot()).isEqualTo("RAISE@" + 1450 * 60);
  }

  @Test
  void theFleetsMedianIsALimit() {
    String yaml = rule("{metric: t, above: {fleet: model, plus: 5}}");
    Peers peers = new Peers();
    RuleStory mine = RuleStory.of(yaml, RuleStory.DEVICE, peers);
    mine.measure(0, "t", 40);
    assertThat(mine.plot()).isEmpty();
    for (int n = 0; n < 4; n++) {
      RuleDevice other =
          new RuleDevice("default", "o-" + n, "S" + n, "rooftop_unit", "Acme", "One", null);
      RuleStory.of(yaml, other, peers).measure(5, "t", 20 + n);
    }
    assertThat(mine.measure(10, "t", 26).plot()).isEmpty();
    assertThat(mine.measure(20, "t", 40).plot()).isEqualTo("RAISE@20");
    assertThat(mine.told.get(0).threshold()).isEqualTo(27);
  }

  @Test
  void theFleetsMedianIsOfWhatIsFreshToTheRuleThatAsks() {
    String when = "when: {metric: t, above: {fleet: model, plus: 5}}, " + RuleStory.event();
    String yaml = "rules: [{id: a, fresh: PT2H, %s}, {id: b, %s}]".formatted(when, when);
    Peers peers = new Peers();
    for (int n = 0; n < 4; n++) {
      RuleDevice other =
          new RuleDevice("default", "o-" + n, "S" + n, "rooftop_unit", "Acme", "One", null);
      RuleStory.of(yaml, other, peers).measure(0, "t", 20 + n);
    }
    RuleStory mine = RuleStory.of(yaml, RuleStory.DEVICE, peers).measure(1800, "t", 40);
    assertThat(mine.told.stream().map(told -> told.rule().id())).containsExactly("a");
  }

  @Test
  void anotherDeviceAtTheAssetIsAPart() {
    String yaml = rule("{all: [{metric: t, above: 30}, {metric: run, is: 'on', from: asset}]}");
    Peers peers = new Peers();
    RuleStory mine = RuleStory.of(yaml, RuleStory.DEVICE, peers);
    RuleDevice pump = new RuleDevice("default", "p", "P", "pump", "", "", "roof-9");
    RuleStory theirs = RuleStory.of(yaml, pump, peers);
    assertThat(mine.measure(0, "t", 40).plot()).isEmpty();
    theirs.take(text(1, "on"));
    assertThat(mine.measure(2, "t", 40).plot()).isEqualTo("RAISE@2");
    theirs.take(text(3, "off"));
    assertThat(mine.measure(4, "t", 40).plot()).isEqualTo("RAISE@2 CLEAR@4");
  }

  @Test
  void aMetricThatIsMissingIsNoticedWhileItsDeviceSpeaks() {
    RuleStory story = RuleStory.of(rule("{metric: t, missing_for: PT60S}"));
    story.live(0, "t", 20).live(50, "other", 1).clock(59);
    assertThat(story.plot()).isEmpty();
    assertThat(story.live(60, "other", 1).clock(61).plot()).isEqualTo("RAISE@61");
    assertThat(story.live(70, "t", 20).plot()).isEqualTo("RAISE@61 CLEAR@70");
  }

  @Test
  void jsonataSeesTheLatestValuesAndComparesThem() {
    RuleStory story =
        RuleStory.of(rule("{condition: 't > 90 and $abs(a - b) < 2 or run = \"fault\"'}"));
    story.measure(0, "t", 95).measure(1, "a", 10).measure(2, "b", 11);
    assertThat(story.plot()).isEqualTo("RAISE@2");
    assertThat(story.told.get(0).value()).isEqualTo(95);
    assertThat(story.measure(3, "b", 20).plot()).isEqualTo("RAISE@2 CLEAR@3");
    assertThat(story.take(text(4, "fault")).plot()).endsWith("RAISE@4");
  }

  @Test
  void aSimpleExpressionIsAComparisonWithValueAndThreshold() {
    RuleStory story =
        RuleStory.of("rules: [{id: r, condition: 't > 90', " + RuleStory.event() + "}]");
    story.measure(0, "t", 90).measure(1, "t", 91.5);
    assertThat(story.plot()).isEqualTo("RAISE@1");
    assertThat(story.told.get(0).threshold()).isEqualTo(90);
  }

  static Measurement text(int second, String text) {
    return new Measurement(
        "run", RuleStory.START.plusSeconds(second), Double.NaN, text, null, Quality.GOOD, null);
  }
}
