package io.caravanhub.hub.rules;

import static io.caravanhub.hub.rules.RuleStory.rule;
import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.core.rule.Detection;
import io.caravanhub.core.rule.Finding;
import io.caravanhub.core.rule.RuleBook;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Statistical detectors and engineers' DRL as conditions. */
class DetectorRulesTest {

  @Test
  void aDetectorRaisesWithItsScoreItsExpectedRangeAndASentence() {
    RuleStory story = RuleStory.of(rule("{metric: t, detector: z-score}"));
    Random random = new Random(1);
    int second = 0;
    for (; second < 200; second++) {
      story.measure(second, "t", 20 + random.nextGaussian());
    }
    assertThat(story.plot()).isEmpty();
    story.measure(second++, "t", 40).measure(second, "t", 20);
    assertThat(story.plot()).isEqualTo("RAISE@200 CLEAR@201");
    Finding finding = story.told.get(0).finding();
    assertThat(finding.value()).isEqualTo(40);
    assertThat(finding.judgement().score()).isGreaterThan(0.5);
    assertThat(finding.judgement().high()).isBetween(22.0, 28.0);
    assertThat(finding.judgement().reason()).contains("standard deviations above the mean");
  }

  @Test
  void aGroupIsJudgedWhenEachOfItsMetricsHasSpoken() {
    RuleStory story =
        RuleStory.of(rule("{metrics: [a, b], detector: hotelling, score: 0.6, clear_for: PT1S}"));
    Random random = new Random(2);
    int second = 0;
    for (; second < 800; second++) {
      double load = random.nextGaussian();
      story.measure(second, "a", load).measure(second, "b", load + random.nextGaussian() / 20);
    }
    int before = story.told.size();
    for (int n = 0; n < 30; n++, second++) {
      story.measure(second, "a", 8).measure(second, "b", -8);
    }
    assertThat(story.told.subList(before, story.told.size()))
        .anyMatch(d -> d.kind() == Detection.Kind.RAISE);
  }

  @Test
  void vibrationIsJudgedByTheZonesOfItsMachine() {
    RuleStory story =
        RuleStory.of(rule("{metric: v, detector: vibration, machine_group: 2, support: rigid}"));
    story.measure(0, "v", 2.0).measure(1, "v", 3.5).measure(2, "v", 2.0);
    assertThat(story.plot()).isEqualTo("RAISE@1 CLEAR@2");
    assertThat(story.told.get(0).finding().judgement().reason()).contains("zone C");
  }

  @Test
  void engineersDrlSaysWhetherItIsMet() {
    String drl =
        """
        package rules
        import io.caravanhub.hub.rules.Reading
        import io.caravanhub.hub.rules.Verdict
        rule "stall" when
          Reading(metric == "a", $a : value)
          Reading(metric == "b", value > $a)
          $verdict : Verdict()
        then $verdict.meet(); end
        """;
    RuleBook.Entry entry = RuleStory.book(rule("{drl: stall, metrics: [a, b]}")).entries().get(0);
    RuleBook book =
        new RuleBook(java.util.List.of(entry), java.util.Map.of("stall", DrlProgram.compile(drl)));
    RuleStory story = RuleStory.on(book);
    story.measure(0, "a", 5).measure(1, "b", 4).measure(2, "b", 6).measure(3, "a", 7);
    assertThat(story.plot()).isEqualTo("RAISE@2 CLEAR@3");
  }
}
