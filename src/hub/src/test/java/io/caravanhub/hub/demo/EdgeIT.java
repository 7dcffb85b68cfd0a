package io.caravanhub.hub.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A hub, a plant and a gateway as three processes, set up as docs/EDGE.md says. */
class EdgeIT {
  private static final Path ROOT = Path.of(System.getProperty("hub.root", "..")).toAbsolutePath();
  private static final Path SIM = ROOT.resolve("src/sim/target");
  private static final Duration LOADED_MACHINE = Duration.ofMinutes(3);

  @TempDir private Path folder;
  private SiteProcess hub;
  private SiteProcess plant;
  private SiteProcess edge;
  private HubApi api;

  @BeforeEach
  void startHubAndPlant() throws IOException {
    assumeTrue(
        Files.isDirectory(ROOT.resolve("src/hub/target/lib")),
        "skipped: the hub is not built; run mvn verify over all modules");
    int http = freePort();
    int mqtt = freePort();
    hub =
        SiteProcess.start(
            folder.resolve("hub.txt"),
            Map.of(
                "HUB_SKIP_BUILD",
                "1",
                "HUB_HOME",
                folder.resolve("home").toString(),
                "HUB_HTTP_PORT",
                Integer.toString(http),
                "HUB_MQTT_PORT",
                Integer.toString(mqtt),
                "HUB_MQTTS_PORT",
                Integer.toString(freePort())),
            List.of(ROOT.resolve("hub").toString(), "run"));
    plant =
        SiteProcess.start(
            folder.resolve("plant.txt"),
            Map.of(),
            List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-cp",
                SIM + "/*:" + SIM + "/lib/*",
                "io.caravanhub.sim.PlantCommand"));
    api = new HubApi(http, mqtt, folder.resolve("home/admin.token"));
  }

  @AfterEach
  void stopAll() {
    Stream.of(edge, plant, hub).filter(Objects::nonNull).forEach(SiteProcess::stop);
  }

  @Test
  void a_gateway_brings_the_readings_of_its_modbus_device_to_the_hub() throws Exception {
    await().atMost(LOADED_MACHINE).until(() -> hub.said("is up after", "did not start"));
    await().atMost(LOADED_MACHINE).until(() -> plant.said("\"ready\""));
    JsonNode gateway = api.post("/gateways", "{\"serial\": \"GW-1\", \"name\": \"Harbour\"}");
    api.post(
        "/devices",
        """
        {"device_serial": "RTU-1", "device_type": "rooftop_unit", "manufacturer": "Norvane", "model": "RX500",
         "connection_type": "gateway", "gateway_id": "%s"}\
        """
            .formatted(gateway.path("id").asText()));

    Path config = folder.resolve("edge.yaml");
    Files.writeString(
        config,
        """
        gateway: GW-1
        hub:
          url: tcp://127.0.0.1:%d
          token: %s
        fieldbus:
          - device: RTU-1
            protocol: modbus-tcp
            address: %s
            map: norvane/rx500.modbus.yaml
            interval: PT1S
        """
            .formatted(
                api.mqttPort(),
                gateway.path("token").asText(),
                plant.ready().path("modbus").asText()));
    edge =
        SiteProcess.start(
            folder.resolve("edge.txt"),
            Map.of("HUB_SKIP_BUILD", "1"),
            List.of(ROOT.resolve("hub").toString(), "edge", "--config", config.toString()));

    await()
        .atMost(LOADED_MACHINE)
        .untilAsserted(
            () ->
                assertThat(api.get("/devices/RTU-1/telemetry/latest").path("items"))
                    .as(edge.output())
                    .extracting(item -> item.path("metric").asText())
                    .contains("suction_pressure", "superheat"));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
