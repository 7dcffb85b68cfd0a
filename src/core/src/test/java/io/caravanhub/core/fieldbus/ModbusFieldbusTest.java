package io.caravanhub.core.fieldbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.caravanhub.core.telemetry.TelemetryHeaders;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModbusFieldbusTest {
  private static final String MAP = "acme/unit.modbus.yaml";

  @TempDir Path maps;
  private RegisterServer server;
  private TcpProxy proxy;
  private FieldbusFixture fieldbus;

  @BeforeEach
  void start() throws Exception {
    server = new RegisterServer();
    proxy = new TcpProxy(server.port);
    fieldbus = new FieldbusFixture(maps, "modbus-tcp");
    fieldbus.map(
        MAP,
        """
        protocol: modbus-tcp
        points:
          - {metric: suction_pressure, address: 0, type: float32, unit: kPa}
          - {metric: supply_air_temp, address: 2, type: int16, scale: 0.01, offset: -5, unit: Cel}
          - {metric: compressor_status, address: 3, type: uint16, values: {0: "off", 1: "on"}}
          - {metric: runtime, address: 10, type: uint16, unit: h}
        """);
    server.setFloat(0, 823.4f);
    server.registers.put(2, 1850);
    server.registers.put(3, 1);
  }

  @AfterEach
  void stop() throws Exception {
    fieldbus.close();
    proxy.close();
    server.close();
  }

  private void connect(String device, int unit) {
    fieldbus.connections.add(
        new FieldbusConnection(
            "default",
            device,
            "modbus-tcp",
            "127.0.0.1:" + proxy.port(),
            unit,
            MAP,
            Duration.ofMillis(50)));
  }

  private FieldbusStatus.State state() {
    return fieldbus.status("RTU-1").state();
  }

  private void awaitState(FieldbusStatus.State state) {
    await()
        .ignoreExceptionsInstanceOf(NoSuchElementException.class)
        .untilAsserted(() -> assertThat(state()).isEqualTo(state));
  }

  @Test
  void readsRegistersIntoTheCanonicalShape() {
    connect("RTU-1", 1);
    await().atMost(Duration.ofSeconds(30)).until(() -> fieldbus.hasDevice("RTU-1"));
    assertThat(fieldbus.last("RTU-1", "suction_pressure").toString())
        .isEqualTo("{\"name\":\"suction_pressure\",\"value\":823.4,\"unit\":\"kPa\"}");
    assertThat(fieldbus.last("RTU-1", "supply_air_temp").path("value").asDouble()).isEqualTo(13.5);
    assertThat(fieldbus.last("RTU-1", "compressor_status").path("value").asText()).isEqualTo("on");
    assertThat(fieldbus.last("RTU-1", "runtime").path("value").asInt()).isEqualTo(1010);
    assertThat(fieldbus.header(0, TelemetryHeaders.TENANT)).isEqualTo("default");
    assertThat(fieldbus.header(0, TelemetryHeaders.SOURCE)).isEqualTo("modbus");
    assertThat(Long.parseLong(fieldbus.header(0, TelemetryHeaders.RECEIVED))).isPositive();
    assertThat(state()).isEqualTo(FieldbusStatus.State.UP);
  }

  @Test
  void scalesByTheExponentThatTheDeviceKeeps() throws Exception {
    fieldbus.map(
        MAP,
        """
        protocol: modbus-tcp
        noValue: {uint16: 0xFFFF}
        points:
          - {metric: voltage_l1, address: 20, type: uint16, exponent: 23, unit: V}
          - {metric: voltage_l2, address: 21, type: uint16, exponent: 23, unit: V}
        """);
    server.registers.put(20, 2304);
    server.registers.put(21, 0xFFFF);
    server.registers.put(23, 0xFFFF);
    connect("RTU-1", 1);
    await().atMost(Duration.ofSeconds(30)).until(() -> fieldbus.hasDevice("RTU-1"));
    assertThat(fieldbus.last("RTU-1", "voltage_l1").path("value").asDouble()).isEqualTo(230.4);
    assertThat(fieldbus.last("RTU-1", "voltage_l2").path("quality").asText()).isEqualTo("bad");
  }

  @Test
  void mergesTouchingRegistersIntoOneRequest() {
    connect("RTU-1", 1);
    await().atMost(Duration.ofSeconds(30)).until(() -> fieldbus.status("RTU-1").reads() >= 3);
    long reads = fieldbus.status("RTU-1").reads();
    assertThat((double) server.requests.get() / reads).isBetween(1.5, 2.7);
  }

  @Test
  void asksTheUnitItIsTold() {
    connect("RTU-1", 1);
    connect("RTU-7", 7);
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> fieldbus.hasDevice("RTU-1") && fieldbus.hasDevice("RTU-7"));
    assertThat(fieldbus.last("RTU-1", "runtime").path("value").asInt()).isEqualTo(1010);
    assertThat(fieldbus.last("RTU-7", "runtime").path("value").asInt()).isEqualTo(7010);
  }

  @Test
  void readsTheOthersWhenOneRegisterIsRefused() {
    server.refused.add(3);
    connect("RTU-1", 1);
    await().atMost(Duration.ofSeconds(30)).until(() -> fieldbus.status("RTU-1").reads() > 3);
    assertThat(fieldbus.last("RTU-1", "suction_pressure").path("value").asDouble())
        .isEqualTo(823.4);
    assertThat(fieldbus.last("RTU-1", "supply_air_temp").has("quality")).isFalse();
    assertThat(fieldbus.last("RTU-1", "compressor_status").path("quality").asText())
        .isEqualTo("bad");
    assertThat(fieldbus.last("RTU-1", "compressor_status").path("reason").asText())
        .isEqualTo("the device refused register 3: illegal data address (2)");
    assertThat(fieldbus.status("RTU-1").reconnects()).isZero();
    assertThat(fieldbus.status("RTU-1").error())
        .startsWith("compressor_status: the device refused");
  }

  @Test
  void givesBadReadingsWhileTheDeviceIsSilentAndComesBackByItself() {
    connect("RTU-1", 1);
    awaitState(FieldbusStatus.State.UP);
    proxy.stall(true);
    awaitState(FieldbusStatus.State.DOWN);
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> fieldbus.last("RTU-1", "runtime").path("quality").asText().equals("bad"));
    assertThat(fieldbus.last("RTU-1", "runtime").path("value").isNull()).isTrue();
    assertThat(fieldbus.last("RTU-1", "runtime").path("reason").asText())
        .startsWith("no answer within");
    proxy.stall(false);
    awaitState(FieldbusStatus.State.UP);
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> fieldbus.last("RTU-1", "runtime").path("value").asInt() == 1010);
    assertThat(fieldbus.status("RTU-1").reconnects()).isPositive();
  }

  @Test
  void comesBackAfterTheLineWasCut() {
    connect("RTU-1", 1);
    for (int i = 0; i < 5; i++) {
      awaitState(FieldbusStatus.State.UP);
      long before = fieldbus.status("RTU-1").reconnects();
      proxy.cut();
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> fieldbus.status("RTU-1").reconnects() > before);
    }
    awaitState(FieldbusStatus.State.UP);
  }

  @Test
  void leavesNoThreadsBehindHoweverOftenItReconnects() {
    connect("RTU-1", 1);
    awaitState(FieldbusStatus.State.UP);
    reconnect(5);
    int before = threads();
    reconnect(25);
    await().untilAsserted(() -> assertThat(threads()).isLessThan(before + 8));
  }

  private void reconnect(int times) {
    long wanted = fieldbus.status("RTU-1").reconnects() + times;
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              proxy.cut();
              return fieldbus.status("RTU-1").reconnects() >= wanted;
            });
    awaitState(FieldbusStatus.State.UP);
  }

  private static int threads() {
    return (int)
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> !thread.getName().equals("tcp-proxy"))
            .count();
  }

  @Test
  void losesNothingWhileTheRouteFails() {
    connect("RTU-1", 1);
    await().atMost(Duration.ofSeconds(30)).until(() -> fieldbus.bodies.size() > 2);
    fieldbus.routeFails = true;
    await().atMost(Duration.ofSeconds(30)).until(() -> fieldbus.status("RTU-1").waiting() > 5);
    fieldbus.routeFails = false;
    await().atMost(Duration.ofSeconds(30)).until(() -> fieldbus.status("RTU-1").waiting() == 0);
    List<String> times = new ArrayList<>();
    fieldbus.bodies.forEach(body -> times.add(body.path("timestamp").asText()));
    assertThat(times).isSorted().doesNotHaveDuplicates();
    assertThat(fieldbus.status("RTU-1").dropped()).isZero();
    assertThat(times.size()).isGreaterThanOrEqualTo((int) fieldbus.status("RTU-1").reads() - 1);
  }

  @Test
  void followsTheListOfConnections() {
    connect("RTU-1", 1);
    awaitState(FieldbusStatus.State.UP);
    fieldbus.connections.clear();
    connect("RTU-2", 2);
    await().atMost(Duration.ofSeconds(30)).until(() -> fieldbus.hasDevice("RTU-2"));
    assertThat(fieldbus.component().status())
        .extracting(FieldbusStatus::device)
        .containsExactly("RTU-2");
    long received = fieldbus.count("runtime");
    await().atMost(Duration.ofSeconds(30)).until(() -> fieldbus.count("runtime") > received + 5);
    assertThat(fieldbus.bodies.subList(fieldbus.bodies.size() - 4, fieldbus.bodies.size()))
        .allSatisfy(body -> assertThat(body.path("device_id").asText()).isEqualTo("RTU-2"));
  }

  @Test
  void saysWhatIsWrongWithAMap() throws Exception {
    fieldbus.map(MAP, "{protocol: modbus-tcp, points: [{metric: a, address: 1, type: int17}]}");
    connect("RTU-1", 1);
    awaitState(FieldbusStatus.State.DOWN);
    assertThat(fieldbus.status("RTU-1").error())
        .isEqualTo(
            "map acme/unit.modbus.yaml:1: points[0].type: expected one of int16, uint16, int32,"
                + " uint32, float32, int64, uint64, float64, bcd16, bcd32, string, got \"int17\"");
    fieldbus.map(MAP, "{protocol: modbus-tcp, points: [{metric: a, address: 1, type: int16}]}");
    awaitState(FieldbusStatus.State.UP);
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> fieldbus.last("RTU-1", "a").path("value").asInt() != 0);
  }
}
