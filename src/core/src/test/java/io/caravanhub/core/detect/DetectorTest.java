package io.caravanhub.core.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds for every detector. */
class DetectorTest {
  private static final long MINUTE = 60_000;
  private static final Machine MOTOR =
      new Machine(MachineGroup.MEDIUM, Machine.Support.RIGID, 1480.0);

  @ParameterizedTest
  @EnumSource(DetectorKind.class)
  void thePastIsJudgedTheSameWhateverComesAfter(DetectorKind kind) {
    List<double[]> series = series(kind, 1_200);
    List<Detection> whole = judged(kind, series);
    List<Detection> prefix = judged(kind, series.subList(0, 700));

    assertThat(whole.subList(0, 700)).isEqualTo(prefix);
  }

  @ParameterizedTest
  @EnumSource(DetectorKind.class)
  void aScoreIsFromZeroToOneAndAnAnomalyFromOneHalf(DetectorKind kind) {
    for (Detection said : judged(kind, series(kind, 1_200))) {
      assertThat(said.score()).isBetween(0.0, 1.0);
      assertThat(said.confidence()).isBetween(0.0, 1.0);
      assertThat(said.anomaly()).isEqualTo(said.score() >= 0.5);
      assertThat(said.reason()).isNotBlank();
    }
  }

  @ParameterizedTest
  @EnumSource(DetectorKind.class)
  void aMissingValueIsNeitherAnAnomalyNorLearned(DetectorKind kind) {
    Detector detector = detector(kind);
    double[] nothing = new double[metrics(kind)];
    java.util.Arrays.fill(nothing, Double.NaN);
    Detection said = detector.detect(0, nothing);

    assertThat(said.anomaly()).isFalse();
    assertThat(said.score()).isZero();
    assertThat(said.confidence()).isZero();
    assertThat(said.reason()).containsAnyOf("no value", "not assessable");
  }

  @ParameterizedTest
  @EnumSource(
      value = DetectorKind.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"VIBRATION"})
  void nothingIsAnAnomalyWhileItTrains(DetectorKind kind) {
    Detector detector = kind.create(DetectorSetup.of(names(kind)).trained(600));
    List<double[]> series = series(kind, 600);
    for (int i = 0; i < series.size(); i++) {
      assertThat(detector.detect(i * MINUTE, series.get(i)).anomaly()).isFalse();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = DetectorKind.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"VIBRATION", "STUCK"})
  void aSeriesThatNeverMovesIsUsual(DetectorKind kind) {
    Detector detector = detector(kind);
    double[] same = new double[metrics(kind)];
    java.util.Arrays.fill(same, 21.5);
    for (int i = 0; i < 1_000; i++) {
      assertThat(detector.detect(i * MINUTE, same).anomaly()).isFalse();
    }
  }

  @Test
  void aDetectorForPairsRefusesASingleMetric() {
    assertThatThrownBy(() -> DetectorKind.CORRELATION.create(DetectorSetup.of("flow")))
        .hasMessage("detector \"correlation\": expected 2 to 16 metrics, got 1 metrics");
  }

  @Test
  void aDetectorIsFoundByItsName() {
    assertThat(DetectorKind.named("X-Bar")).contains(DetectorKind.X_BAR);
    assertThat(DetectorKind.named("magic")).isEmpty();
    assertThat(DetectorKind.names()).startsWith("auto, z-score");
  }

  static Detector detector(DetectorKind kind) {
    return kind.create(DetectorSetup.of(names(kind)).on(MOTOR));
  }

  private static List<Detection> judged(DetectorKind kind, List<double[]> series) {
    Detector detector = detector(kind);
    List<Detection> said = new ArrayList<>();
    for (int i = 0; i < series.size(); i++) {
      said.add(detector.detect(i * MINUTE, series.get(i)));
    }
    return said;
  }

  private static int metrics(DetectorKind kind) {
    return kind == DetectorKind.CORRELATION || kind == DetectorKind.HOTELLING ? 3 : 1;
  }

  private static String[] names(DetectorKind kind) {
    return metrics(kind) == 1
        ? new String[] {"flow"}
        : new String[] {"flow", "pressure", "current"};
  }

  /** Noise with a spike, a step, and a plateau. */
  private static List<double[]> series(DetectorKind kind, int rows) {
    Random random = new Random(5);
    List<double[]> series = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      double common = random.nextGaussian();
      double[] row = new double[metrics(kind)];
      for (int j = 0; j < row.length; j++) {
        double noise = 0.3 * random.nextGaussian();
        row[j] = Math.abs(i >= 900 ? 1.5 : 2 + 0.3 * (common + noise));
        row[j] += i == 650 ? 9 : i > 800 ? 3 : 0;
      }
      series.add(row);
    }
    return series;
  }
}
