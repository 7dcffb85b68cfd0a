package io.caravanhub.hub.observability;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.core.telemetry.Measurement;
import io.caravanhub.core.telemetry.Telemetry;
import io.caravanhub.hub.telemetry.LatestValues;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** However many tenants there are, there is a bounded number of series. */
class TenantVolumesTest {
  private final LatestValues latest = new LatestValues();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final TenantVolumes volumes = new TenantVolumes(latest, meters, 2);

  @Test
  void tenantsThatSendMostHaveASeriesEachAndTheRestCountTogether() {
    send("a", 50);
    send("b", 40);
    for (int i = 0; i < 30; i++) {
      send("small-" + i, 1);
    }
    volumes.look();

    assertThat(meters.getMeters()).hasSize(3);
    assertThat(counted("a")).isEqualTo(50);
    assertThat(counted("b")).isEqualTo(40);
    assertThat(counted("other")).isEqualTo(30);
  }

  @Test
  void aTenantThatGrowsTakesThePlaceOfOneThatFellSilentAndNoSeriesFalls() {
    send("a", 50);
    send("b", 2);
    send("c", 1);
    volumes.look();
    assertThat(counted("other")).isEqualTo(1);

    send("c", 30);
    volumes.look();

    assertThat(counted("c")).isEqualTo(30);
    assertThat(counted("other")).isEqualTo(1);
    send("b", 3);
    volumes.look();
    assertThat(counted("other")).isEqualTo(4);
    assertThat(meters.getMeters()).hasSize(3);
  }

  @Test
  void aTenantThatSendsALittleMoreDoesNotChangeTheSeries() {
    send("a", 50);
    send("b", 10);
    send("c", 9);
    volumes.look();
    send("c", 11);
    send("b", 10);
    volumes.look();

    assertThat(counted("b")).isEqualTo(20);
    assertThat(meters.find("hub.tenant.readings").tag("tenant", "c").counter()).isNull();
  }

  private void send(String tenant, int readings) {
    for (int i = 0; i < readings; i++) {
      latest.committed(telemetry(tenant));
    }
  }

  private double counted(String tenant) {
    Counter counter = meters.find("hub.tenant.readings").tag("tenant", tenant).counter();
    return counter == null ? Double.NaN : counter.count();
  }

  private static Telemetry telemetry(String tenant) {
    return new Telemetry(
        tenant,
        tenant + "-device",
        "test",
        List.of(Measurement.of("flow", Instant.now(), 1, "m3/h")));
  }
}
