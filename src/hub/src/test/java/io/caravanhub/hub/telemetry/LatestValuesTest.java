package io.caravanhub.hub.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.core.telemetry.Measurement;
import io.caravanhub.core.telemetry.Telemetry;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class LatestValuesTest {
  private static final Instant NOON = Instant.parse("2026-06-01T12:00:00Z");
  private final LatestValues latest = new LatestValues();

  @Test
  void aTenantsReadingsAreCountedApart() {
    latest.committed(telemetry("a", NOON, 1));
    latest.committed(telemetry("b", NOON, 2));
    latest.committed(telemetry("b", NOON.plusSeconds(1), 3));
    assertThat(latest.readings("a")).isEqualTo(1);
    assertThat(latest.readings("b")).isEqualTo(2);
    assertThat(latest.readings("c")).isZero();
  }

  @Test
  void aLateMeasurementDoesNotDisplaceANewerOne() {
    latest.committed(telemetry("a", NOON, 2));
    latest.committed(telemetry("a", NOON.minusSeconds(60), 1));
    assertThat(latest.of("a-device").get("flow").value()).isEqualTo(2);
  }

  @Test
  void whatOneMessageBringsForSeveralDevicesIsSeenTogether() throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    CompletableFuture<Void> writer =
        CompletableFuture.runAsync(
            () -> {
              for (int i = 1; !done.get(); i++) {
                Instant ts = NOON.plusSeconds(i);
                latest.committed(List.of(telemetry("a", ts, i), telemetry("b", ts, i)));
              }
            });

    for (int i = 0; i < 20_000; i++) {
      Map<String, Map<String, Measurement>> seen = latest.of(List.of("a-device", "b-device"));
      assertThat(seen.get("a-device")).isEqualTo(seen.get("b-device"));
    }
    done.set(true);
    writer.get();
  }

  private static Telemetry telemetry(String tenant, Instant ts, double value) {
    return new Telemetry(
        tenant, tenant + "-device", "test", List.of(Measurement.of("flow", ts, value, "m3/h")));
  }
}
