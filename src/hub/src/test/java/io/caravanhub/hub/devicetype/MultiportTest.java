package io.caravanhub.hub.devicetype;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.hub.RunningHub.Registered;
import io.caravanhub.hub.registry.DeviceDirectory;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A remote terminal unit with four ports, each at another asset. */
class MultiportTest {
  private final TypesFixture types = new TypesFixture();
  private Registered rtu;

  @BeforeEach
  void describe() {
    types.type(
        Map.of(
            "name",
            "rtu-4",
            "processing_mode",
            "rtu_multiport",
            "demultiplexing",
            Map.of(
                "split",
                "$each(ports, function($v, $k) {$merge([$v, {\"port\": $k}])})",
                "ports",
                List.of(1, 2, 3, 4)),
            "mapping",
            Map.of("jsonata", "{\"metrics\": {\"motor_current\": amps}}")));
    rtu = types.device("rtu-4");
    for (int port = 1; port <= 4; port++) {
      types.hub.post("/api/v1/assets", types.admin, Map.of("id", "PUMP-" + port, "name", "P"));
    }
  }

  private static Map<String, Object> message(int... ports) {
    return Map.of(
        "ports",
        IntStream.of(ports)
            .boxed()
            .collect(java.util.stream.Collectors.toMap(String::valueOf, p -> Map.of("amps", p))));
  }

  @Test
  void fourPortsAreTelemetryOfFourAssets() {
    link(1);
    link(2);
    types.publish(rtu, message(1, 2, 3, 4));
    link(3);
    link(4);
    types.publish(rtu, message(1, 2, 3, 4));

    for (int port = 1; port <= 4; port++) {
      assertThat(
              types
                  .hub
                  .get("/api/v1/assets/PUMP-" + port + "/telemetry/latest", types.admin)
                  .json()
                  .path("items")
                  .findValuesAsText("value"))
          .containsExactly(port + ".0");
      assertThat(
              types
                  .hub
                  .bean(DeviceDirectory.class)
                  .find(types.tenant, rtu.serial() + ":" + port)
                  .orElseThrow()
                  .asset())
          .isEqualTo("PUMP-" + port);
    }
    assertThat(types.rows()).isEqualTo(8);
    assertThat(types.virtualDevices(rtu)).hasSize(4);
  }

  @Test
  void aPortThatTheTypeDoesNotNameIsADeadLetterThatNamesTheField() {
    types.publish(rtu, message(1, 5));

    assertThat(types.rows()).isEqualTo(1);
    assertThat(types.letters())
        .containsExactly("parts[1].port: expected one of the ports 1, 2, 3, 4, got \"5\"");
  }

  @Test
  void aLinkThatEndsEndsThatOfThePort() {
    types.publish(rtu, message(1));
    link(1);

    types
        .hub
        .owner()
        .sql("update bindings set valid_to = now() where device_id = ?::uuid")
        .params(rtu.id())
        .update();

    assertThat(
            types.hub.count(
                "select count(*) from bindings where tenant_id = ? and valid_to is null",
                types.tenant))
        .isZero();
  }

  @Test
  void namesGivenWithTheLinkOfAPortAreThoseOfTheAsset() {
    types.publish(rtu, message(1));
    types.hub.post(
        "/api/v1/devices/" + rtu.id() + "/assets/PUMP-1/link",
        types.admin,
        Map.of("port", "1", "metrics", Map.of("motor_current", "fan_current")));

    assertThat(
            types
                .hub
                .get("/api/v1/assets/PUMP-1/telemetry/latest", types.admin)
                .json()
                .path("items")
                .findValuesAsText("metric"))
        .containsExactly("fan_current");
  }

  /** As a link of the device with that port is stored. */
  private void link(int port) {
    types
        .hub
        .owner()
        .sql(
            "insert into bindings (tenant_id, device_id, asset_id, port) values (?, ?::uuid, ?, ?)")
        .params(types.tenant, rtu.id(), "PUMP-" + port, Integer.toString(port))
        .update();
    types.hub.bean(DeviceDirectory.class).forget();
  }
}
