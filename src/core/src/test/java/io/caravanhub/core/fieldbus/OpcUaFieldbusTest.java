package io.caravanhub.core.fieldbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.milo.opcua.stack.core.StatusCodes;
import org.eclipse.milo.opcua.stack.core.types.builtin.DataValue;
import org.eclipse.milo.opcua.stack.core.types.builtin.StatusCode;
import org.eclipse.milo.opcua.stack.core.types.builtin.Variant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpcUaFieldbusTest {
  private static final Map<String, DataValue> VALUES =
      Map.of(
          "flow", new DataValue(new Variant(42.5)),
          "running", new DataValue(new Variant(true)),
          "mode", new DataValue(new Variant("auto")),
          "broken", new DataValue(new StatusCode(StatusCodes.Bad_SensorFailure)),
          "old",
              new DataValue(
                  new Variant(7.0), new StatusCode(StatusCodes.Uncertain_LastUsableValue)));

  @TempDir Path maps;
  private final int port = RegisterServer.freePort();
  private NodeServer server;
  private TcpProxy proxy;
  private FieldbusFixture fieldbus;

  @BeforeEach
  void start() throws Exception {
    server = new NodeServer(port, VALUES);
    proxy = new TcpProxy(port);
    fieldbus = new FieldbusFixture(maps, "opcua");
    fieldbus.map(
        "acme/pump.opcua.yaml",
        """
        protocol: opcua
        points:
          - {metric: flow, node: "ns=2;s=flow", unit: m3/h}
          - {metric: state, node: "ns=2;s=running", values: {0: "off", 1: "on"}}
          - {metric: mode, node: "ns=2;s=mode"}
          - {metric: vibration_rms, node: "ns=2;s=broken", unit: mm/s}
          - {metric: power, node: "ns=2;s=old", unit: kW}
          - {metric: runtime, node: "ns=2;s=nothing", unit: h}
        """);
    fieldbus.connections.add(
        new FieldbusConnection(
            "default",
            "PUMP-1",
            "opcua",
            "opc.tcp://127.0.0.1:" + proxy.port() + "/plant",
            0,
            "acme/pump.opcua.yaml",
            Duration.ofMillis(50)));
  }

  @AfterEach
  void stop() throws Exception {
    fieldbus.close();
    proxy.close();
    server.close();
  }

  private void awaitState(FieldbusStatus.State state) {
    await()
        .atMost(Duration.ofSeconds(20))
        .ignoreExceptionsInstanceOf(NoSuchElementException.class)
        .untilAsserted(() -> assertThat(fieldbus.status("PUMP-1").state()).isEqualTo(state));
  }

  @Test
  void readsNodesIntoTheCanonicalShape() {
    awaitState(FieldbusStatus.State.UP);
    await().until(() -> fieldbus.hasDevice("PUMP-1"));
    assertThat(fieldbus.last("PUMP-1", "flow").toString())
        .isEqualTo("{\"name\":\"flow\",\"value\":42.5,\"unit\":\"m3/h\"}");
    assertThat(fieldbus.last("PUMP-1", "state").path("value").asText()).isEqualTo("on");
    assertThat(fieldbus.last("PUMP-1", "mode").path("value").asText()).isEqualTo("auto");
  }

  @Test
  void carriesTheServersStatus() {
    awaitState(FieldbusStatus.State.UP);
    await().until(() -> fieldbus.hasDevice("PUMP-1"));
    assertThat(fieldbus.last("PUMP-1", "vibration_rms").path("reason").asText())
        .isEqualTo("the server answered Bad_SensorFailure");
    assertThat(fieldbus.last("PUMP-1", "power").path("quality").asText()).isEqualTo("suspect");
    assertThat(fieldbus.last("PUMP-1", "power").path("value").asDouble()).isEqualTo(7);
    assertThat(fieldbus.last("PUMP-1", "runtime").path("reason").asText())
        .isEqualTo("the server answered Bad_NodeIdUnknown");
  }

  @Test
  void givesBadReadingsWhileTheServerIsSilentAndComesBackByItself() {
    awaitState(FieldbusStatus.State.UP);
    proxy.stall(true);
    awaitState(FieldbusStatus.State.DOWN);
    await().until(() -> fieldbus.last("PUMP-1", "flow").path("quality").asText().equals("bad"));
    proxy.stall(false);
    awaitState(FieldbusStatus.State.UP);
    await().until(() -> fieldbus.last("PUMP-1", "flow").path("value").asDouble() == 42.5);
  }

  @Test
  void comesBackAfterTheServerWasStartedAgain() throws Exception {
    awaitState(FieldbusStatus.State.UP);
    server.close();
    proxy.cut();
    awaitState(FieldbusStatus.State.DOWN);
    server = new NodeServer(port, VALUES);
    awaitState(FieldbusStatus.State.UP);
  }

  @Test
  void leavesNoThreadsAndNoConnectionsBehindHoweverOftenItReconnects() {
    awaitState(FieldbusStatus.State.UP);
    reconnect(5);
    int before = threads();
    reconnect(25);
    await().untilAsserted(() -> assertThat(threads()).isLessThan(before + 8));
    // The last cut may have hit a connection that was counted already.
    AtomicLong counted = new AtomicLong();
    await()
        .during(Duration.ofSeconds(1))
        .until(
            () -> {
              long now = fieldbus.status("PUMP-1").reconnects();
              return counted.getAndSet(now) == now;
            });
    int accepted = proxy.accepted.get();
    long reconnects = fieldbus.status("PUMP-1").reconnects();
    await()
        .during(Duration.ofSeconds(2))
        .atMost(Duration.ofSeconds(30))
        .until(() -> fieldbus.status("PUMP-1").reads() > 0);
    assertThat(fieldbus.status("PUMP-1").reconnects()).isEqualTo(reconnects);
    assertThat(proxy.accepted.get()).isEqualTo(accepted);
  }

  private void reconnect(int times) {
    long wanted = fieldbus.status("PUMP-1").reconnects() + times;
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> {
              proxy.cut();
              return fieldbus.status("PUMP-1").reconnects() >= wanted;
            });
    awaitState(FieldbusStatus.State.UP);
  }

  private static int threads() {
    return (int)
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> !thread.getName().equals("tcp-proxy"))
            // Pools that all clients and servers share, and that grow to a bound of their own.
            .filter(thread -> !thread.getName().startsWith("milo-shared"))
            .count();
  }
}
