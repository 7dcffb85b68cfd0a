package io.caravanhub.hub.devicetype;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** A gateway's messages out of the raw archive, under a type that has changed. */
class GatewayReplayTest {
  private final TypesFixture types = new TypesFixture();

  private static Map<String, Object> type(String metric) {
    return Map.of(
        "name",
        "g",
        "processing_mode",
        "gateway",
        "demultiplexing",
        Map.of("split", "s"),
        "mapping",
        Map.of("jsonata", "{\"metrics\": {\"" + metric + "\": v}}"));
  }

  @Test
  void theRowsOfAllVirtualDevicesAreMappedAnew() {
    types.autoRegister();
    types.hub.send(
        "PATCH",
        "/api/v1/tenant/settings",
        types.admin,
        RunningHub.publisher(Map.of("raw_archive", Map.of("enabled", true))));
    types.type(type("flow"));
    Registered gateway = types.device("g");
    types.publish(
        gateway, Map.of("s", List.of(Map.of("id", 1, "v", 10), Map.of("id", 2, "v", 20))));
    assertThat(types.value(gateway.serial() + ":2", "flow")).isEqualTo(20);

    types.put("/api/v1/device-types/g", "*", type("power"));
    types.hub.post(
        "/api/v1/telemetry/replay",
        types.admin,
        Map.of("from", Instant.now().minusSeconds(600).toString()));

    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () ->
                "done"
                    .equals(
                        types
                            .hub
                            .get("/api/v1/replays", types.admin)
                            .json()
                            .at("/items/0/state")
                            .asText()));
    assertThat(types.value(gateway.serial() + ":1", "power")).isEqualTo(10);
    assertThat(types.value(gateway.serial() + ":2", "power")).isEqualTo(20);
    assertThat(types.rows()).isEqualTo(2);
  }
}
