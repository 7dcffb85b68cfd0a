package io.caravanhub.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.core.telemetry.Quality;
import io.caravanhub.core.telemetry.QualityReason;
import org.junit.jupiter.api.Test;

class QualityReasonTest {
  @Test
  void levelAndReasonComeBackOutOfTheStoredNumber() {
    for (Quality quality : new Quality[] {Quality.SUSPECT, Quality.BAD}) {
      for (QualityReason reason : QualityReason.values()) {
        short code = QualityReason.code(quality, reason.label());

        assertThat(Quality.ofCode(code)).isEqualTo(quality);
        assertThat(QualityReason.ofCode(code)).isEqualTo(reason);
      }
      assertThat(Quality.ofCode(QualityReason.code(quality, null))).isEqualTo(quality);
      assertThat(QualityReason.ofCode(QualityReason.code(quality, null))).isNull();
    }
    assertThat(QualityReason.code(Quality.GOOD, "range")).isZero();
    assertThat(QualityReason.ofCode(0)).isNull();
  }

  @Test
  void belowTwoIsNotBadWhateverTheReason() {
    for (QualityReason reason : QualityReason.values()) {
      assertThat(QualityReason.code(Quality.SUSPECT, reason.label())).isNegative();
      assertThat(QualityReason.code(Quality.BAD, reason.label())).isGreaterThan((short) 2);
    }
  }

  @Test
  void aTextNobodyKnowsIsTheDevicesOwn() {
    assertThat(QualityReason.of("sensor says E4")).isEqualTo(QualityReason.DEVICE);
    assertThat(QualityReason.of(null)).isNull();
  }
}
