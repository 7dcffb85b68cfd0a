package io.caravanhub.core.detect;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

/** What each detector is for, on series made for it. */
class ChartTest {
  private final Random random = new Random(11);

  @Test
  void aZScoreNamesTheDeviations() {
    Detection said = last(DetectorKind.Z_SCORE, 300, i -> i == 299 ? 120 : 50 + noise());

    assertThat(said.anomaly()).isTrue();
    assertThat(said.reason()).contains("flow is 120", "standard deviations above the mean of");
    assertThat(said.high()).isBetween(52.0, 56.0);
  }

  @Test
  void aSmallLastingShiftIsFoundByEwmaAndCusumAndNotByZScore() {
    IntToDoubleFunction shifted = i -> 50 + noise() + (i < 500 ? 0 : 1.2);

    assertThat(count(DetectorKind.EWMA, 500, 530, 500, shifted)).isPositive();
    assertThat(count(DetectorKind.CUSUM, 500, 530, 500, shifted)).isPositive();
    assertThat(count(DetectorKind.Z_SCORE, 500, 530, 500, shifted)).isZero();
  }

  @Test
  void theRulesOfWesternElectricAreNamedInTheirOrder() {
    assertThat(new WesternElectric().broken(3.1)).hasValueSatisfying(is("rule 1"));
    assertThat(after(2.1, 0.5).broken(2.2)).hasValueSatisfying(is("rule 2"));
    assertThat(after(2.1, 0.5).broken(-2.2)).isEmpty();
    assertThat(after(1.1, 1.2, 0.1, 1.3).broken(1.4)).hasValueSatisfying(is("rule 3"));
    assertThat(after(.1, .2, .3, .1, .2, .3, .1).broken(.2)).hasValueSatisfying(is("rule 4"));
    assertThat(after(.1, .2, .3, -.1, .2, .3, .1).broken(.2)).isEmpty();
  }

  @Test
  void theChartOfMeansSeesWiderSpreadWithTheSameMean() {
    Detection said =
        last(DetectorKind.X_BAR, 500, i -> 50 + (i < 495 ? noise() : i % 2 == 0 ? 12 : -12));

    assertThat(said.anomaly()).isTrue();
    assertThat(said.reason()).contains("five readings of flow");
  }

  @Test
  void theChartOfSingleValuesTellsItsRule() {
    Detection said = last(DetectorKind.INDIVIDUALS, 300, i -> i == 299 ? 57 : 50 + noise());

    assertThat(said.reason()).contains("flow is 57 where", "rule 1");
  }

  @Test
  void aSensorThatFreezesIsStuckAndAValveThatRestsIsNot() {
    Detection frozen = last(DetectorKind.STUCK, 300, i -> i < 270 ? 50 + noise() : 50.25);
    assertThat(frozen.anomaly()).isTrue();
    assertThat(frozen.reason())
        .isEqualTo("flow is exactly 50.25 for 30 readings; the longest such run before was 1");

    assertThat(count(DetectorKind.STUCK, 0, 1_000, 0, i -> i / 50 % 2)).isZero();
  }

  @Test
  void aValueUsualByDayIsUnusualAtNight() {
    IntToDoubleFunction daily = i -> (i % 24 >= 8 && i % 24 < 18 ? 100 : 20) + noise();
    int night = 24 * 21 + 3;
    Detection said =
        last(DetectorKind.SEASONAL, night + 1, i -> i == night ? 100 : daily.applyAsDouble(i));

    assertThat(said.anomaly()).isTrue();
    assertThat(said.reason()).contains("flow is 100 where", "is usual at Thursday 03:00 UTC");
    assertThat(count(DetectorKind.SEASONAL, 24 * 15, 24 * 21, 0, daily)).isLessThan(3);
  }

  @Test
  void theEnsembleReportsTheBeginningOfAStepOnce() {
    int found = count(DetectorKind.AUTO, 1_000, 1_100, 0, i -> 50 + noise() + (i < 1_000 ? 0 : 30));

    assertThat(found).isBetween(1, 4);
  }

  private static java.util.function.Consumer<String> is(String rule) {
    return said -> assertThat(said).contains(rule);
  }

  private static WesternElectric after(double... points) {
    WesternElectric rules = new WesternElectric();
    for (double point : points) {
      assertThat(rules.broken(point)).isEmpty();
    }
    return rules;
  }

  private double noise() {
    return random.nextGaussian();
  }

  private static Detection last(DetectorKind kind, int rows, IntToDoubleFunction series) {
    Detector detector = DetectorTest.detector(kind);
    Detection said = Detection.missing();
    for (int i = 0; i < rows; i++) {
      said = detector.detect(i * 3_600_000L, series.applyAsDouble(i));
    }
    return said;
  }

  private static int count(
      DetectorKind kind, int from, int to, int train, IntToDoubleFunction series) {
    Detector detector = kind.create(DetectorSetup.of("flow").trained(train));
    int found = 0;
    for (int i = 0; i < to; i++) {
      boolean said = detector.detect(i * 3_600_000L, series.applyAsDouble(i)).anomaly();
      found += said && i >= from ? 1 : 0;
    }
    return found;
  }
}
