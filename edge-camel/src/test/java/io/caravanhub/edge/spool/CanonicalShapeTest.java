package io.caravanhub.edge.spool;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class CanonicalShapeTest {
  private static final String MESSAGE =
      "{\"device_id\":\"D-1\",\"timestamp\":\"2026-01-01T00:00:00Z\",\"measurements\":[]}";

  @Test
  void aMessageOfTheDeviceFits() {
    assertThat(fits(MESSAGE, StandardCharsets.UTF_8)).isTrue();
    assertThat(fits(" \r\n\t" + MESSAGE, StandardCharsets.UTF_8)).isTrue();
    assertThat(CanonicalShape.fits("D-2", MESSAGE.getBytes(StandardCharsets.UTF_8))).isFalse();
    assertThat(fits("{}", StandardCharsets.UTF_8)).isFalse();
    assertThat(fits("", StandardCharsets.UTF_8)).isFalse();
  }

  @Test
  void whatWouldBreakABatchDoesNot() {
    assertThat(fits(MESSAGE, StandardCharsets.UTF_16LE)).isFalse();
    assertThat(fits(MESSAGE, StandardCharsets.UTF_16BE)).isFalse();
    assertThat(fits("\uFEFF" + MESSAGE, StandardCharsets.UTF_8)).isFalse();
    assertThat(fits(MESSAGE + MESSAGE, StandardCharsets.UTF_8)).isFalse();
  }

  private static boolean fits(String message, Charset charset) {
    return CanonicalShape.fits("D-1", message.getBytes(charset));
  }
}
