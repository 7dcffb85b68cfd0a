package io.caravanhub.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.digitalpetri.modbus.pdu.ReadHoldingRegistersRequest;
import com.digitalpetri.modbus.pdu.ReadHoldingRegistersResponse;
import com.digitalpetri.modbus.server.ModbusRequestContext;
import com.digitalpetri.modbus.server.ModbusServices;
import com.digitalpetri.modbus.server.ModbusTcpServer;
import com.digitalpetri.modbus.tcp.server.NettyTcpServerTransport;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import io.caravanhub.core.fieldbus.FieldbusComponent;
import io.caravanhub.core.fieldbus.FieldbusStatus;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EdgeTest {
  private static final Path ROOT = Path.of(System.getProperty("hub.root", ".."));

  @TempDir Path folder;
  private final int modbusPort = freePort();
  private final int hubPort = freePort();
  private final int sitePort = freePort();
  private ModbusTcpServer modbus;
  private HubBroker hub;
  private Edge edge;

  @BeforeEach
  void startDevice() throws Exception {
    ModbusServices registers =
        new ModbusServices() {
          @Override
          public ReadHoldingRegistersResponse readHoldingRegisters(
              ModbusRequestContext context, int unit, ReadHoldingRegistersRequest request) {
            return new ReadHoldingRegistersResponse(new byte[2 * request.quantity()]);
          }
        };
    modbus =
        ModbusTcpServer.create(
            NettyTcpServerTransport.create(
                transport -> transport.setBindAddress("127.0.0.1").setPort(modbusPort)),
            registers);
    modbus.start();
  }

  @AfterEach
  void stop() throws Exception {
    if (edge != null) {
      edge.stop();
    }
    if (hub != null) {
      hub.close();
    }
    modbus.stop();
  }

  private static int freePort() {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return probe.getLocalPort();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private void startHub() throws Exception {
    hub = new HubBroker(Files.createTempDirectory(folder, "hub"), hubPort);
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
                .formatted(hubPort, modbusPort, more));
    edge = new Edge(EdgeSettings.read(config, ROOT.resolve("edge-camel")));
    edge.start();
  }

  private FieldbusStatus rtu() {
    List<FieldbusStatus> all =
        edge.context().getComponent("fieldbus", FieldbusComponent.class).status();
    return all.get(0);
  }

  @Test
  void forwardsWhatADeviceOnTheFieldbusSays() throws Exception {
    startHub();
    startEdge("");
    await().atMost(Duration.ofSeconds(20)).until(() -> hub.accepted.size() >= 2);
    HubBroker.Published first = hub.accepted.get(0);
    assertThat(first.topic()).isEqualTo("t/default/g/GW-1/d/RTU-1/telemetry");
    assertThat(first.qos()).isEqualTo(1);
    var json = new ObjectMapper().readTree(first.payload());
    assertThat(json.path("device_id").asText()).isEqualTo("RTU-1");
    assertThat(json.path("measurements").findValuesAsText("name")).contains("suction_pressure");
    assertThat(rtu().dropped()).isZero();
  }

  @Test
  void deliversInOrderWhatTheHubDidNotTakeAtOnce() throws Exception {
    startHub();
    hub.refuses = true;
    startEdge("");
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> hub.refused.size() > 1 && rtu().waiting() > 3);
    assertThat(hub.accepted).isEmpty();
    String firstRefused = hub.refused.get(0).payload();
    hub.refuses = false;
    await()
        .atMost(Duration.ofSeconds(40))
        .until(() -> rtu().waiting() <= 1 && hub.accepted.size() > 3);
    assertThat(hub.accepted.get(0).payload()).isEqualTo(firstRefused);
    assertThat(hub.accepted.stream().map(HubBroker.Published::payload).toList())
        .isSorted()
        .doesNotHaveDuplicates();
  }

  @Test
  void startsWithoutTheHubAndDeliversWhenItComes() throws Exception {
    startEdge("");
    await().atMost(Duration.ofSeconds(20)).until(() -> rtu().waiting() > 2);
    startHub();
    await().atMost(Duration.ofSeconds(40)).until(() -> hub.accepted.size() > 2);
  }

  @Test
  void goesOnAfterTheHubWasStartedAgain() throws Exception {
    startHub();
    startEdge("");
    await().atMost(Duration.ofSeconds(20)).until(() -> !hub.accepted.isEmpty());
    hub.close();
    await().atMost(Duration.ofSeconds(20)).until(() -> rtu().waiting() > 2);
    startHub();
    await().atMost(Duration.ofSeconds(60)).until(() -> hub.accepted.size() > 3);
  }

  @Test
  void forwardsWhatDevicesPublishToTheSitesBroker() throws Exception {
    startHub();
    try (HubBroker site = new HubBroker(Files.createTempDirectory(folder, "site"), sitePort)) {
      startEdge("mqtt: {url: \"tcp://127.0.0.1:" + sitePort + "\"}");
      Mqtt5BlockingClient device =
          MqttClient.builder().useMqttVersion5().serverPort(sitePort).buildBlocking();
      device.connect();
      await()
          .atMost(Duration.ofSeconds(20))
          .until(
              () -> {
                device
                    .publishWith()
                    .topic("t/default/d/RTU-2/telemetry")
                    .qos(MqttQos.AT_LEAST_ONCE)
                    .payload("{\"vendor\":1}".getBytes(StandardCharsets.UTF_8))
                    .send();
                return hub.accepted.stream().anyMatch(p -> p.topic().contains("RTU-2"));
              });
      device.disconnect();
    }
    assertThat(hub.accepted)
        .contains(
            new HubBroker.Published("t/default/g/GW-1/d/RTU-2/telemetry", "{\"vendor\":1}", 1));
  }
}
