package io.caravanhub.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Local work and commands in a whole gateway between a device and a hub. */
class LocalWorkTest {
  private static final Path ROOT = Path.of(System.getProperty("hub.root", ".."));

  @TempDir Path folder;
  private ZeroModbusDevice modbus;
  private StandInHub hub;
  private Edge edge;

  @BeforeEach
  void startSite() throws Exception {
    hub = new StandInHub(Files.createDirectories(folder.resolve("hub"))).startMqtt();
    modbus = new ZeroModbusDevice();
  }

  @AfterEach
  void stop() throws Exception {
    if (edge != null) {
      edge.stop();
    }
    hub.close();
    modbus.close();
  }

  private EdgeSettings settings(String work) throws Exception {
    Path config =
        Files.writeString(
            folder.resolve("edge.yaml"),
            """
            gateway: GW-1
            hub: {url: "tcp://127.0.0.1:%d", token: secret}
            fieldbus:
              - {device: RTU-1, protocol: modbus-tcp, address: "127.0.0.1:%d", unit: 1,
                 map: norvane/rx500.modbus.yaml, interval: PT0.1S}
            work:
              %s
            """
                .formatted(hub.mqttPort(), modbus.port(), work));
    return EdgeSettings.read(config, ROOT.resolve("edge-camel"));
  }

  private List<JsonNode> windows() {
    return hub.taken.stream()
        .map(record -> record.all().path("body"))
        .filter(body -> body.at("/metadata/window").isObject())
        .toList();
  }

  @Test
  void windowsReachTheHubAndCommandsAreAnswered() throws Exception {
    edge = new Edge(settings("rules: [{aggregate: {window: PT1S, grace: PT0.5S}}]"));
    edge.start();
    await().atMost(Duration.ofSeconds(60)).until(() -> windows().size() >= 2);
    assertThat(windows().get(1).path("measurements").findValuesAsText("name"))
        .contains("suction_pressure", "suction_pressure_min_1s", "suction_pressure_count_1s");
    assertThat(hub.taken).allMatch(record -> record.kind().equals("telemetry"));
    assertThat(hub.outOfOrder()).isEmpty();
    String command =
        """
        {"id":"c1","device":"RTU-1","metric":"suction_pressure","value":1,"expires":"%s"}"""
            .formatted(Instant.now().plusSeconds(60));
    hub.broker().publish("t/default/g/GW-1/commands", command.getBytes(StandardCharsets.UTF_8));
    await().atMost(Duration.ofSeconds(60)).until(() -> !hub.other.isEmpty());
    assertThat(hub.other.get(0).getKey()).isEqualTo("commands/ack");
    assertThat(hub.other.get(0).getValue()).contains("\"c1\"", "\"refused\"", "writes");
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> hub.health.stream().anyMatch(health -> health.path("work").has("windows")));
  }

  @Test
  void aModelWithoutTheJarThatReadsItIsAWrongSetting() throws Exception {
    EdgeSettings settings =
        settings("models: {file: m.onnx, inputs: {metric: suction_pressure}, output: score}");
    assertThatThrownBy(() -> new Edge(settings))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("put the jars caravan-edge-onnx and onnxruntime into ");
  }
}
