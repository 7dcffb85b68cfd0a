package io.caravanhub.hub.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** How the hub's own connections to devices do, as the API tells it. */
class FieldbusStatesTest {
  private final RunningHub hub = RunningHub.get();
  private final String tenant = RunningHub.unique("t-line");
  private final String admin = hub.token(tenant, "admin");

  @Test
  void aDeviceThatDoesNotAnswerIsDownWithTheReasonAndOneRegisteredWronglyToo() throws Exception {
    String nobody;
    try (ServerSocket free = new ServerSocket(0)) {
      nobody = "127.0.0.1:" + free.getLocalPort();
    }
    Registered silent = device("A", Map.of("address", nobody, "map", "abb/b23.modbus.yaml"));
    Registered wrong = device("B", Map.of("address", nobody));

    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () -> {
              JsonNode lines = hub.get("/api/v1/fieldbus", admin).json().path("items");
              assertThat(lines).hasSize(2);
              assertThat(lines.get(0).path("device").asText()).isEqualTo(silent.serial());
              assertThat(lines.get(0).path("state").asText()).isEqualTo("down");
              assertThat(lines.get(0).path("error").asText()).contains("refused");
              assertThat(lines.get(1).path("device").asText()).isEqualTo(wrong.serial());
              assertThat(lines.get(1).path("state").asText()).isEqualTo("down");
              assertThat(lines.get(1).path("error").asText()).isEqualTo("connection.map: absent");
            });
    String other = hub.token(RunningHub.unique("t-line"), "viewer");
    assertThat(hub.get("/api/v1/fieldbus", other).json().path("items")).isEmpty();
  }

  private Registered device(String prefix, Map<String, Object> connection) {
    return hub.device(
        admin,
        Map.of(
            "device_serial",
            RunningHub.unique(prefix),
            "device_type",
            "meter",
            "connection_type",
            "modbus_tcp",
            "connection",
            connection));
  }
}
