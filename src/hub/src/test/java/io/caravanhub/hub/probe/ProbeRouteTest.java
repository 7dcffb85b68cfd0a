package io.caravanhub.hub.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.caravanhub.core.fieldbus.FieldbusConnection;
import io.caravanhub.core.fieldbus.ProbePoint;
import io.caravanhub.hub.TestDatabase;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.database.TenantScope;
import io.caravanhub.hub.registry.DeviceDirectory;
import io.caravanhub.sim.modbus.RooftopModbusServer;
import io.caravanhub.sim.opcua.PumpOpcUaServer;
import io.caravanhub.sim.plant.FaultTimetable;
import io.caravanhub.sim.plant.Plant;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The connection test over the real route files, against real servers. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProbeRouteTest {
  private static final Path NO_MAPS = Path.of("target/no-maps");

  private final Plant plant = new Plant(1, FaultTimetable.none());
  private final String tenant = TestDatabase.tenant();
  private RooftopModbusServer modbus;
  private PumpOpcUaServer opcua;
  private ServerSocket deaf;
  private List<FieldbusConnection> connections;
  private DefaultCamelContext camel;
  private ProducerTemplate calls;

  @BeforeAll
  void start() throws Exception {
    modbus = new RooftopModbusServer(plant.unit("RTU-1"), 0);
    opcua = new PumpOpcUaServer(plant.pump("PUMP-1"), 0);
    deaf = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    connections =
        List.of(
            connection("unit", "modbus-tcp", modbus.address(), 1),
            connection("other-unit", "modbus-tcp", modbus.address(), 7),
            connection("pump", "opcua", opcua.address(), 1),
            connection("gone", "modbus-tcp", "127.0.0.1:1", 1),
            connection(
                "deaf", "opcua", "opc.tcp://127.0.0.1:" + deaf.getLocalPort() + "/plant", 1));
    TestDatabase.device(tenant, "by-mqtt", "pump", "P");
    camel = new DefaultCamelContext();
    camel.getShutdownStrategy().setTimeout(1);
    camel
        .getRegistry()
        .bind(
            "deviceProbe",
            new DeviceProbe(
                protocol ->
                    connections.stream().filter(c -> c.protocol().equals(protocol)).toList(),
                new DeviceDirectory(JdbcClient.create(TestDatabase.app())),
                TestDatabase.root().resolve("mappings").toString(),
                NO_MAPS));
    for (String file :
        List.of(
            "policy/internal.camel.yaml",
            "probe/probe-read.camel.yaml",
            "probe/probe.camel.yaml")) {
      PluginHelper.getRoutesLoader(camel)
          .loadRoutes(
              ResourceHelper.resolveResource(
                  camel, "file:" + TestDatabase.root().resolve("routes").resolve(file)));
    }
    camel.addRoutes(
        new RouteBuilder() {
          @Override
          public void configure() {
            from("direct:call").bean("deviceProbe", "prepare").to("direct:probe.read");
          }
        });
    camel.start();
    calls = camel.createProducerTemplate();
    // The drivers are loaded with their first connections: on a busy machine that alone may take
    // longer than a probe may.
    probe("unit");
    probe("pump");
  }

  private FieldbusConnection connection(String serial, String protocol, String address, int unit) {
    return new FieldbusConnection(
        tenant,
        TestDatabase.device(tenant, serial, "any", "any"),
        protocol,
        address,
        unit,
        protocol.equals("opcua") ? "ardent/p-40.opcua.yaml" : "norvane/rx500.modbus.yaml",
        Duration.ofSeconds(1));
  }

  @AfterAll
  void stop() throws Exception {
    camel.close();
    modbus.close();
    opcua.close();
    deaf.close();
  }

  private Map<?, ?> probe(String device) {
    return TenantScope.call(
        tenant,
        () -> calls.requestBodyAndHeader("direct:call", null, "deviceId", device, Map.class));
  }

  private Throwable failure(String device) {
    Throwable failure = Assertions.catchThrowable(() -> probe(device));
    return failure.getCause();
  }

  @Test
  void aModbusDeviceThatAnswersIsReadAgainAndAgain() {
    for (int i = 0; i < 3; i++) {
      Map<?, ?> answer = probe("unit");
      assertThat(answer.get("reachable")).isEqualTo(true);
      assertThat(answer.get("metric")).isEqualTo("suction_pressure");
      assertThat(answer.get("tag")).isEqualTo("holding-register:1:REAL");
      assertThat(answer.get("unit")).isEqualTo("kPa");
      assertThat((Double) answer.get("value"))
          .isCloseTo(plant.unit("RTU-1").reading().suctionPressure(), within(0.1));
    }
  }

  @Test
  void anOpcUaDeviceThatAnswersIsRead() {
    Map<?, ?> answer = probe("pump");
    assertThat(answer.get("reachable")).as("%s", answer).isEqualTo(true);
    assertThat((Double) answer.get("value"))
        .isCloseTo(plant.pump("PUMP-1").reading().flow(), within(0.1));
  }

  @Test
  void anotherUnitsValueIsNotTakenForAnAnswer() {
    assertThat(probe("other-unit").get("reachable")).isEqualTo(false);
  }

  @Test
  void aDeviceThatIsNotThereIsToldAsSuch() {
    Map<?, ?> answer = probe("gone");
    assertThat(answer.get("reachable")).isEqualTo(false);
    assertThat(answer.get("reason")).isEqualTo("no answer, or no connection");
  }

  @Test
  void aServerThatSaysNothingEndsAtTheDeadline() {
    Map<?, ?> answer = probe("deaf");
    assertThat(answer.get("reachable")).isEqualTo(false);
    assertThat(answer.get("reason")).isEqualTo("no answer in time");
    assertThat((Long) answer.get("millis")).isBetween(11_900L, 60_000L);
  }

  @Test
  void aDeviceTheHubDoesNotReadIsRefused() {
    assertThat(failure("by-mqtt"))
        .isInstanceOfSatisfying(
            ProblemException.class, e -> assertThat(e.field()).isEqualTo("connection"));
  }

  @Test
  void aDeviceNobodyKnowsIsRefused() {
    assertThat(failure("nobody")).hasMessageContaining("no device");
  }

  @Test
  void registersCountFromOneInThePlc4xNotation() {
    ProbePoint point =
        ProbePoint.of(TestDatabase.root().resolve("mappings"), NO_MAPS, connections.get(0));
    assertThat(point.tag()).isEqualTo("holding-register:1:REAL");
    assertThat(point.byteOrder()).isEqualTo("BIG_ENDIAN");
  }
}
