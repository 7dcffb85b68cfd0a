package io.caravanhub.hub.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.core.telemetry.Quality;
import io.caravanhub.core.telemetry.QualityReason;
import org.junit.jupiter.api.Test;

class SeriesMemoryTest {
  private final SeriesMemory memory = new SeriesMemory(100);

  @Test
  void staysWithinItsBound() {
    for (int i = 0; i < 10_000; i++) {
      memory.of("device-" + i, "m");
    }

    assertThat(memory.size()).isLessThanOrEqualTo(101);
  }

  @Test
  void keepsWhatIsSpokenOf() {
    SeriesMemory.Series busy = memory.of("busy", "m");
    for (int i = 0; i < 10_000; i++) {
      memory.of("device-" + i, "m");
      memory.of("busy", "m");
    }

    assertThat(memory.of("busy", "m")).isSameAs(busy);
  }

  @Test
  void recallsTheLastVerdictsOnly() {
    SeriesMemory.Series series = memory.of("d", "m");
    Verdict verdict = new Verdict(Quality.BAD, QualityReason.RATE);
    for (int i = 0; i < 20; i++) {
      series.remember(i, verdict);
    }

    assertThat(series.recalled(19)).isSameAs(verdict);
    assertThat(series.recalled(3)).isNull();
  }
}
