package io.caravanhub.core.detect;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** Metrics judged together. */
class GroupTest {
  private final Random random = new Random(3);

  @Test
  void aPointWhoseEveryMetricIsUsualCanBeUnusualAsAGroup() {
    Detector chart = DetectorKind.HOTELLING.create(DetectorSetup.of("speed", "flow").trained(500));
    Detection said = Detection.missing();
    for (int i = 0; i < 500; i++) {
      double speed = random.nextGaussian();
      said = chart.detect(i, speed, speed + 0.1 * random.nextGaussian());
    }
    assertThat(said.anomaly()).isFalse();
    assertThat(chart.detect(500, 1.5, 1.5).anomaly()).isFalse();

    said = chart.detect(501, 1.5, -1.5);
    assertThat(said.anomaly()).isTrue();
    assertThat(said.reason()).contains("times as far from its usual state as is allowed");
  }

  @Test
  void metricsThatNoLongerMoveTogetherAreNamed() {
    Detector watch = DetectorKind.CORRELATION.create(DetectorSetup.of("speed", "flow"));
    Detection said = Detection.missing();
    for (int i = 0; i < 600; i++) {
      double speed = random.nextGaussian();
      double follows = i < 500 ? speed + 0.2 * random.nextGaussian() : random.nextGaussian();
      said = watch.detect(i, speed, follows);
      assertThat(i < 500 && said.anomaly()).isFalse();
    }
    assertThat(said.anomaly()).isTrue();
    assertThat(said.reason()).startsWith("speed and flow correlate by ");
  }

  @Test
  void theEnsembleIsSurerWhenItsMembersAgree() {
    Detector ensemble = DetectorKind.AUTO.create(DetectorSetup.of("speed", "flow").trained(400));
    Detection said = Detection.missing();
    for (int i = 0; i < 500; i++) {
      double speed = random.nextGaussian();
      double broken = i < 420 ? 0 : 3 * random.nextGaussian() + 4;
      said = ensemble.detect(i, speed, speed + 0.1 * random.nextGaussian() + broken);
    }
    assertThat(said.anomaly()).isTrue();
    assertThat(said.confidence()).isGreaterThan(0.6);
  }

  @Test
  void aMetricThatIsMissingForAWhileKeepsItsLastValue() {
    Detector chart = DetectorKind.HOTELLING.create(DetectorSetup.of("speed", "flow"));
    for (int i = 0; i < 450; i++) {
      chart.detect(i, random.nextGaussian(), random.nextGaussian());
    }
    assertThat(chart.detect(450, Double.NaN, 0).reason()).isEqualTo("as expected");
  }
}
