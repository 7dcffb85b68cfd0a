package io.caravanhub.hub.upload;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.core.telemetry.Measurement;
import io.caravanhub.core.telemetry.Telemetry;
import io.caravanhub.hub.limit.ReadingLimits;
import java.time.Instant;
import java.util.Collections;
import org.junit.jupiter.api.Test;

class ChunkTest {
  private static final Measurement ONE = Measurement.of("power", Instant.EPOCH, 1, "kW");

  @Test
  void hasNoRoomForARowThatWouldMakeItMoreThanARequest() {
    Chunk chunk = new Chunk();
    chunk.add(2, row(3_999));

    assertThat(chunk.isFull()).isFalse();
    assertThat(chunk.hasRoomFor(row(ReadingLimits.REQUEST_MAX - 3_999))).isTrue();
    assertThat(chunk.hasRoomFor(row(ReadingLimits.REQUEST_MAX - 3_998))).isFalse();
  }

  @Test
  void saysTheLineOfItsFirstRow() {
    Chunk chunk = new Chunk();
    chunk.add(7, row(1));
    chunk.add(8, row(1));

    assertThat(chunk.line(8)).isEqualTo(7);
    chunk.clear();
    assertThat(chunk.line(9)).isEqualTo(9);
  }

  private static Telemetry row(int readings) {
    return new Telemetry("default", "device", "csv", Collections.nCopies(readings, ONE));
  }
}
