package io.caravanhub.hub.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.core.rule.Detection;
import io.caravanhub.core.rule.DevicePast;
import io.caravanhub.core.rule.RuleDevice;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import io.caravanhub.hub.event.EventLog;
import io.caravanhub.hub.registry.DeviceDirectory;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What rules know of a device is what the pipeline knows. */
class DeviceHistoryTest {
  private final RunningHub hub = RunningHub.get();
  private final String tenant = RunningHub.unique("t-history");
  private final String admin = hub.token(tenant, "admin");

  @Test
  void aPortsAssetIsThatOfThePortsDeviceAndNotOfTheUnit() {
    Registered unit = hub.device(admin, Map.of("device_type", "rtu"));
    hub.post("/api/v1/assets", admin, Map.of("id", "PUMP", "name", "P"));
    hub.post("/api/v1/devices/" + unit.id() + "/assets/PUMP/link", admin, Map.of("port", "1"));
    assertThat(asset(unit.id())).isEqualTo("PUMP");

    String port =
        hub.owner()
            .sql(
                """
                insert into devices (tenant_id, serial, device_type, manufacturer, model, installation_location, connection_type, parent_id, port)
                values (?, ?, 'pump', '', '', '', 'virtual', ?::uuid, '1') returning id::text\
                """)
            .params(tenant, unit.serial() + ":1", unit.id())
            .query(String.class)
            .single();
    hub.bean(DeviceDirectory.class).forget();

    assertThat(asset(unit.id())).isEmpty();
    assertThat(asset(port)).isEqualTo("PUMP");
    for (String id : new String[] {unit.id(), port}) {
      assertThat(hub.bean(DeviceDirectory.class).find(tenant, id).orElseThrow().asset())
          .isEqualTo(asset(id).isEmpty() ? null : asset(id));
    }
  }

  @Test
  void aRuleGoesOnWithTheNewestSignalOfItsEvent() {
    Registered unit = hub.device(admin, Map.of("device_type", "rtu"));
    DeviceHistory history = hub.bean(DeviceHistory.class);
    RuleDevice device = history.device(tenant, unit.id()).orElseThrow();
    Instant start = Instant.now().minusSeconds(600).truncatedTo(ChronoUnit.MILLIS);
    EventLog log = hub.bean(EventLog.class);
    log.record(detection(Detection.Kind.RAISE, device, start, start));
    log.record(detection(Detection.Kind.CLEAR, device, start, start.plusSeconds(60)));
    log.record(
        detection(Detection.Kind.RAISE, device, start.plusSeconds(120), start.plusSeconds(120)));
    assertThat(history.lastEvents(device))
        .containsExactly(new DevicePast.LastEvent("r", start.plusSeconds(120), null));
  }

  private static Detection detection(
      Detection.Kind kind, RuleDevice device, Instant onset, Instant at) {
    return Detections.of(kind, device, "r", "bearing", "warning", onset, at);
  }

  private String asset(String id) {
    RuleDevice device = hub.bean(DeviceHistory.class).device(tenant, id).orElseThrow();
    return Objects.requireNonNullElse(device.asset(), "");
  }
}
