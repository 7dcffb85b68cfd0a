package io.caravanhub.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.extension.sdk.api.packets.publish.AckReasonCode;
import io.caravanhub.core.fieldbus.FieldbusComponent;
import io.caravanhub.core.fieldbus.FieldbusStatus;
import io.caravanhub.testkit.network.TcpProxy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EdgeTest {
  private static final Path ROOT = Path.of(System.getProperty("hub.root", ".."));

  @TempDir private static Path hubFolder;
  private static StandInHub hub;

  @TempDir Path folder;
  private ZeroModbusDevice modbus;
  private TcpProxy link;
  private Edge edge;

  @BeforeAll
  static void startHub() throws Exception {
    hub = new StandInHub(hubFolder).startMqtt();
  }

  @AfterAll
  static void stopHub() throws Exception {
    hub.close();
  }

  @BeforeEach
  void startDevice() throws Exception {
    hub.forget();
    link = new TcpProxy("127.0.0.1", hub.mqttPort());
    modbus = new ZeroModbusDevice();
  }

  @AfterEach
  void stop() throws Exception {
    if (edge != null) {
      edge.stop();
    }
    link.close();
    modbus.close();
  }

  private void startEdge(String more) throws IOException {
    Path config =
        Files.writeString(
            folder.resolve("edge.yaml"),
            """
            gateway: GW-1
            hub: {url: "tcp://127.0.0.1:%d", token: secret}
            fieldbus:
              - {device: RTU-1, protocol: modbus-tcp, address: "127.0.0.1:%d", unit: 1,
                 map: norvane/rx500.modbus.yaml, interval: PT0.2S}
            %s
            """
                .formatted(link.port(), modbus.port(), more));
    edge = new Edge(EdgeSettings.read(config, ROOT.resolve("edge-camel")));
    edge.start();
  }

  private FieldbusStatus rtu() {
    List<FieldbusStatus> all =
        edge.context().getComponent("fieldbus", FieldbusComponent.class).status();
    return all.get(0);
  }

  private List<StandInHub.Taken> taken(String device) {
    return hub.taken.stream().filter(record -> record.device().equals(device)).toList();
  }

  @Test
  void forwardsWhatADeviceOnTheFieldbusSays() throws Exception {
    startEdge("");
    await().atMost(Duration.ofSeconds(40)).until(() -> hub.taken.size() >= 2);
    StandInHub.Taken first = hub.taken.get(0);
    assertThat(first.device()).isEqualTo("RTU-1");
    assertThat(first.kind()).isEqualTo("telemetry");
    JsonNode body = first.all().path("body");
    assertThat(body.path("device_id").asText()).isEqualTo("RTU-1");
    assertThat(body.path("measurements").findValuesAsText("name")).contains("suction_pressure");
    assertThat(body.path("metadata").path("clock").path("offset_ms").isNumber()).isTrue();
    assertThat(rtu().dropped()).isZero();
  }

  @Test
  void tellsTheHubHowItIs() throws Exception {
    startEdge("");
    await().atMost(Duration.ofSeconds(40)).until(() -> !hub.health.isEmpty());
    JsonNode health = hub.health.get(0);
    assertThat(health.path("uplink").asText()).isEqualTo("mqtt");
    assertThat(health.path("rss_mb").asLong()).isPositive();
    assertThat(health.path("spool").path("corrupt").asLong()).isZero();
    assertThat(health.path("clock_offset_ms").isNumber()).isTrue();
    assertThat(health.path("connections").path(0).path("device").asText()).isEqualTo("RTU-1");
  }

  @Test
  void keepsWhatItReadsOverItsOwnRestartUntilThereIsAHub() throws Exception {
    startEdge("");
    await().atMost(Duration.ofSeconds(40)).until(() -> rtu().reads() > 3 && rtu().waiting() <= 1);
    edge.stop();
    startEdge("");
    link.restore();
    await().atMost(Duration.ofSeconds(60)).until(() -> hub.taken.size() > 4);
    assertThat(hub.outOfOrder()).isEmpty();
    assertThat(hub.taken.stream().map(StandInHub.Taken::epoch).distinct()).hasSize(1);
    assertThat(hub.taken.get(0).seq()).isEqualTo(1);
  }

  @Test
  void goesOnAfterTheHubWasAway() throws Exception {
    startEdge("");
    await().atMost(Duration.ofSeconds(40)).until(() -> !hub.taken.isEmpty());
    link.refuse();
    int before = hub.taken.size();
    link.restore();
    await().atMost(Duration.ofSeconds(60)).until(() -> hub.taken.size() > before + 3);
    assertThat(hub.outOfOrder()).isEmpty();
  }

  @Test
  void forwardsWhatDevicesPublishToTheSitesBroker() throws Exception {
    int sitePort = StandInHub.freePort();
    try (HubBroker site =
        new HubBroker(
            Files.createTempDirectory(folder, "site"),
            sitePort,
            (topic, payload) -> AckReasonCode.SUCCESS)) {
      startEdge("mqtt: {url: \"tcp://127.0.0.1:" + sitePort + "\"}");
      Mqtt5BlockingClient device =
          MqttClient.builder().useMqttVersion5().serverPort(sitePort).buildBlocking();
      device.connect();
      await()
          .atMost(Duration.ofSeconds(40))
          .until(
              () -> {
                publish(device, "{\"vendor\":1}");
                publish(
                    device,
                    "{\"device_id\":\"RTU-2\",\"timestamp\":\"2026-01-01T00:00:00Z\","
                        + "\"measurements\":[]}");
                return taken("RTU-2").size() > 1;
              });
      device.disconnect();
    }
    StandInHub.Taken raw = taken("RTU-2").get(0);
    assertThat(raw.kind()).isEqualTo("raw");
    assertThat(raw.all().path("data").binaryValue()).asString().isEqualTo("{\"vendor\":1}");
    StandInHub.Taken canonical = taken("RTU-2").get(1);
    assertThat(canonical.kind()).isEqualTo("telemetry");
    assertThat(canonical.all().path("body").path("timestamp").asText())
        .as("a device's own time is not the gateway's to correct")
        .isEqualTo("2026-01-01T00:00:00Z");
  }

  private static void publish(Mqtt5BlockingClient device, String payload) {
    device
        .publishWith()
        .topic("t/default/d/RTU-2/telemetry")
        .qos(MqttQos.AT_LEAST_ONCE)
        .payload(payload.getBytes(StandardCharsets.UTF_8))
        .send();
  }
}
