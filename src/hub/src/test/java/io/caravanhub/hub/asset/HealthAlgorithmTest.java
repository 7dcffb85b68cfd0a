package io.caravanhub.hub.asset;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.core.mapping.MappingException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What takes points of an asset's health. */
class HealthAlgorithmTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  private final AssetMoment moment = new AssetMoment();
  private List<OpenEvent> events = List.of();

  private Health deduct(Deduction... deductions) {
    return judge(new HealthAlgorithm.WeightedDeductions(List.of(deductions), Bands.USUAL));
  }

  private Health judge(HealthAlgorithm algorithm) {
    return algorithm.judge(
        new HealthCase(
            moment,
            events,
            NOW,
            new AssetAnalysis.Failures() {
              @Override
              public boolean isPaused(String formula) {
                return false;
              }

              @Override
              public void failed(String formula, MappingException failure, Duration took) {}
            }));
  }

  private void knows(String metric, double value) {
    moment.put(metric, value, NOW.minusSeconds(60));
  }

  @Test
  void aConditionTakesAllItsPointsAndIsAReason() {
    knows("delta_temp", 2);

    Health health =
        deduct(new Deduction.When("Low delta-T", 25, Formula.of("f", "delta_temp < 3")));

    assertThat(health.score()).isEqualTo(75);
    assertThat(health.band()).isEqualTo(Band.DEGRADING);
    assertThat(health.reasons())
        .containsExactly(new HealthReason(25, "Low delta-T", "delta_temp", 2.0, null));
  }

  @Test
  void aRampTakesMoreTheFurtherTheMetricIsInEitherDirection() {
    knows("vibration_rms", 6);
    knows("flow", 2);

    Health health =
        deduct(
            new Deduction.Ramp("Vibration", 40, "vibration_rms", 4, 8),
            new Deduction.Ramp("Flow", 10, "flow", 10, 5),
            new Deduction.Ramp("None", 10, "flow", 1, 0));

    assertThat(health.reasons()).extracting(HealthReason::points).containsExactly(20.0, 10.0);
    assertThat(health.score()).isEqualTo(70);
  }

  @Test
  void openEventsTakePointsOnceOrEach() {
    events =
        List.of(
            new OpenEvent("high", "warning", "leak", "one"),
            new OpenEvent("critical", "warning", "leak", "two"),
            new OpenEvent("low", "warning", "leak", "three"));

    List<String> grave = List.of("high", "critical");

    assertThat(deduct(new Deduction.Event("E", 15, grave, null, false)).score()).isEqualTo(85);
    assertThat(deduct(new Deduction.Event("E", 15, grave, null, true)).score()).isEqualTo(70);
    assertThat(deduct(new Deduction.Event("E", 15, List.of(), "fire", true)).score())
        .isEqualTo(100);
  }

  @Test
  void silenceTakesPointsAfterItsTime() {
    knows("power", 1);

    assertThat(deduct(new Deduction.Silence("S", 50, null, Duration.ofMinutes(2))).score())
        .isEqualTo(100);
    assertThat(deduct(new Deduction.Silence("S", 50, "power", Duration.ofSeconds(30))).score())
        .isEqualTo(50);
    assertThat(deduct(new Deduction.Silence("S", 50, "flow", Duration.ofDays(1))).score())
        .isEqualTo(50);
  }

  @Test
  void whatLacksItsValuesIsUndecidedAndAnAssetOfWhichNothingIsKnownHasNoScore() {
    Deduction heat = new Deduction.When("Heat", 25, Formula.of("f", "temperature > 3"));
    Deduction event = new Deduction.Event("Event", 25, List.of(), null, false);

    assertThat(deduct(heat, event)).isNull();
    knows("power", 1);
    Health health = deduct(heat, new Deduction.Ramp("Power", 10, "power", 2, 3));
    assertThat(health.score()).isEqualTo(100);
    assertThat(health.undecided()).containsExactly("Heat");
  }

  @Test
  void noScoreIsBelowZero() {
    knows("power", 10);

    assertThat(
            deduct(
                    new Deduction.Ramp("A", 90, "power", 0, 1),
                    new Deduction.Ramp("B", 90, "power", 0, 1))
                .score())
        .isZero();
  }

  @Test
  void scoresOfMetricsAreWeighedAndTellWhatTheyLost() {
    knows("vibration_rms", 6);
    knows("power", 1);

    Health health =
        judge(
            new HealthAlgorithm.ScoreBased(
                List.of(
                    score("vibration_rms", 3, 4, 100, 8, 0),
                    score("power", 1, 0, 100, 10, 100),
                    score("flow", 9, 0, 0, 10, 100)),
                Bands.USUAL));

    assertThat(health.score()).isEqualTo(62.5);
    assertThat(health.band()).isEqualTo(Band.DEGRADING);
    assertThat(health.reasons())
        .containsExactly(new HealthReason(37.5, "vibration_rms", "vibration_rms", 6.0, null));
    assertThat(health.undecided()).containsExactly("flow");
  }

  private static MetricScore score(
      String metric, double weight, double low, double atLow, double high, double atHigh) {
    return new MetricScore(
        metric,
        metric,
        weight,
        List.of(new MetricScore.Point(low, atLow), new MetricScore.Point(high, atHigh)));
  }
}
