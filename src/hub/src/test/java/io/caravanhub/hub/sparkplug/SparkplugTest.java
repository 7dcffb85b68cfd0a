package io.caravanhub.hub.sparkplug;

import static io.caravanhub.hub.sparkplug.EdgeNodeClient.metric;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.caravanhub.hub.Answer;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import io.caravanhub.testkit.network.TcpProxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.eclipse.tahu.message.model.DataSet.DataSetBuilder;
import org.eclipse.tahu.message.model.DataSetDataType;
import org.eclipse.tahu.message.model.MetricDataType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Edge nodes on the embedded broker, which encode with Eclipse Tahu. */
class SparkplugTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  private final RunningHub hub = RunningHub.get();
  private final String edge = RunningHub.unique("edge");
  private String token;
  private Registered node;
  private Registered pump;

  @BeforeEach
  void register() {
    Answer gateway = hub.post("/api/v1/gateways", hub.admin(), Map.of("serial", edge));
    token = gateway.text("token");
    node = hub.device(hub.admin(), Map.of("device_serial", edge, "gateway_id", edge));
    pump = hub.device(hub.admin(), Map.of("device_type", "pump", "gateway_id", edge));
  }

  @Test
  void storesWhatBirthsNameAndDataGivesByAlias() throws Exception {
    try (EdgeNodeClient client = connect(hub.mqttPort(), 1)) {
      client.birth(metric("cabinet_temp", 1L, MetricDataType.Double, 31.5));
      client.send(
          "DBIRTH",
          pump.serial(),
          metric("flow", 10L, MetricDataType.Float, 4f),
          metric("starts", 11L, MetricDataType.UInt64, java.math.BigInteger.valueOf(7)),
          metric("offset", 12L, MetricDataType.Int16, (short) -3),
          metric("running", 13L, MetricDataType.Boolean, true),
          metric("mode", 14L, MetricDataType.String, "auto"));
      client.send("NDATA", "", metric(null, 1L, MetricDataType.Double, 32.0));
      client.send("DDATA", pump.serial(), metric(null, 10L, MetricDataType.Float, 4.5f));
    }

    assertThat(latest(node)).containsEntry("cabinet_temp", "32");
    assertThat(latest(pump))
        .containsEntry("flow", "4.5")
        .containsEntry("starts", "7")
        .containsEntry("offset", "-3")
        .containsEntry("running", "1")
        .containsEntry("mode", "auto")
        .containsEntry("connection_status", "online");
    assertThat(latest(node)).doesNotContainKey("bdSeq");
  }

  @Test
  void takesTheNodeAndItsDevicesOffLineWhenItsWillSaysSo() throws Exception {
    try (TcpProxy proxy = new TcpProxy("127.0.0.1", hub.mqttPort())) {
      EdgeNodeClient client = connect(proxy.port(), 1);
      client.birth(metric("cabinet_temp", 1L, MetricDataType.Double, 31.5));
      client.send("DBIRTH", pump.serial(), metric("flow", 10L, MetricDataType.Float, 4f));
      assertThat(online(node)).isTrue();
      assertThat(online(pump)).isTrue();

      proxy.cut();

      await().atMost(SOON).until(() -> !online(node) && !online(pump));
    }
  }

  @Test
  void ignoresTheDeathOfAnEarlierSession() throws Exception {
    try (EdgeNodeClient client = connect(hub.mqttPort(), 2)) {
      client.birth(metric("cabinet_temp", 1L, MetricDataType.Double, 31.5));
      client.send(
          "NDEATH",
          "",
          EdgeNodeClient.encoded(null, metric("bdSeq", null, MetricDataType.Int64, 1L)));

      assertThat(online(node)).isTrue();
      client.send("NDEATH", "", EdgeNodeClient.encoded(null, client.session()));
      assertThat(online(node)).isFalse();
    }
  }

  @Test
  void takesADeviceOffLineAlone() throws Exception {
    try (EdgeNodeClient client = connect(hub.mqttPort(), 1)) {
      client.birth(metric("cabinet_temp", 1L, MetricDataType.Double, 31.5));
      client.send("DBIRTH", pump.serial(), metric("flow", 10L, MetricDataType.Float, 4f));
      client.send("DDEATH", pump.serial());

      assertThat(online(pump)).isFalse();
      assertThat(online(node)).isTrue();
    }
  }

  @Test
  void asksForBirthsWhenTheSequenceHasAGapAndKeepsTheValues() throws Exception {
    try (EdgeNodeClient client = connect(hub.mqttPort(), 1)) {
      client.birth(metric("cabinet_temp", 1L, MetricDataType.Double, 31.5));
      client.send("NDATA", "", metric(null, 1L, MetricDataType.Double, 32.0));
      assertThat(client.commands()).isEmpty();

      client.skip(3);
      client.send("NDATA", "", metric(null, 1L, MetricDataType.Double, 33.0));

      await().atMost(SOON).until(() -> !client.commands().isEmpty());
      assertThat(client.commands().get(0))
          .startsWith("spBv1.0/plant/NCMD/" + edge + " ")
          .contains("Node Control/Rebirth");
      assertThat(latest(node)).containsEntry("cabinet_temp", "33");
    }
  }

  @Test
  void wrapsTheSequenceAfter255WithoutAsking() throws Exception {
    try (EdgeNodeClient client = connect(hub.mqttPort(), 1)) {
      client.birth(metric("cabinet_temp", 1L, MetricDataType.Double, 31.5));
      for (int i = 0; i < 258; i++) {
        client.send("NDATA", "", metric(null, 1L, MetricDataType.Double, (double) i));
      }
      assertThat(client.commands()).isEmpty();
      assertThat(latest(node)).containsEntry("cabinet_temp", "257");
    }
  }

  @Test
  void keepsDataOfAnUnknownAliasAsADeadLetterAndAsksForBirths() throws Exception {
    try (EdgeNodeClient client = connect(hub.mqttPort(), 1)) {
      client.send("DDATA", pump.serial(), metric(null, 10L, MetricDataType.Float, 4f));

      await().atMost(SOON).until(() -> !client.commands().isEmpty());
    }
    assertThat(letters(pump)).containsExactly("metrics.alias");
    assertThat(hub.rows(pump)).isZero();
  }

  @Test
  void refusesADataSetByNameAndKeepsTheOtherMetrics() throws Exception {
    try (EdgeNodeClient client = connect(hub.mqttPort(), 1)) {
      client.birth();
      client.send(
          "DBIRTH",
          pump.serial(),
          metric("flow", 10L, MetricDataType.Float, 4f),
          metric(
              "table",
              11L,
              MetricDataType.DataSet,
              new DataSetBuilder(1)
                  .addColumnName("a")
                  .addType(DataSetDataType.Int32)
                  .createDataSet()));
    }
    assertThat(letters(pump)).containsExactly("metrics.table");
    assertThat(latest(pump)).containsEntry("flow", "4").doesNotContainKey("table");
  }

  @Test
  void keepsWhatIsNoPayloadAsADeadLetter() throws Exception {
    try (EdgeNodeClient client = connect(hub.mqttPort(), 1)) {
      client.send("NDATA", "", new byte[] {1, 2, 3});
    }
    assertThat(
            hub.count(
                "select count(*) from dead_letters where device = ? and reason like 'is not a Sparkplug B payload%'",
                edge))
        .isEqualTo(1);
  }

  @Test
  void refusesADeviceThatIsBehindAnotherGateway() throws Exception {
    Registered stranger = hub.device("sensor");
    try (EdgeNodeClient client = connect(hub.mqttPort(), 1)) {
      client.birth();
      client.send("DBIRTH", stranger.serial(), metric("flow", 10L, MetricDataType.Float, 4f));
    }
    assertThat(hub.rows(stranger)).isZero();
    assertThat(letters(stranger)).containsExactly("device_id");
  }

  @Test
  void remembersNothingOfADeviceThatIsNotRegistered() throws Exception {
    String ghost = RunningHub.unique("ghost");
    try (EdgeNodeClient client = connect(hub.mqttPort(), 1)) {
      client.birth();
      client.send("DBIRTH", ghost, metric("flow", 10L, MetricDataType.Float, 4f));
      client.send("DDATA", ghost, metric(null, 10L, MetricDataType.Float, 5f));
      assertThat(client.commands()).isEmpty();

      Registered late = hub.device(hub.admin(), Map.of("device_serial", ghost, "gateway_id", edge));
      client.send("DDATA", ghost, metric(null, 10L, MetricDataType.Float, 6f));

      await().atMost(SOON).until(() -> !client.commands().isEmpty());
      assertThat(hub.rows(late)).isZero();
    }
  }

  private EdgeNodeClient connect(int port, long session) throws Exception {
    return new EdgeNodeClient(port, edge, token, session);
  }

  private Map<String, String> latest(Registered device) {
    return hub
        .owner()
        .sql(
            """
            select distinct on (m.key) m.key, coalesce(t.text_value, t.value::text)
              from telemetry t join devices d on d.key = t.device_id join metrics m on m.id = t.metric_id
             where d.id::text = ? order by m.key, t.ts desc
            """)
        .params(device.id())
        .query((row, n) -> Map.entry(row.getString(1), row.getString(2)))
        .list()
        .stream()
        .collect(java.util.stream.Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  private List<String> letters(Registered device) {
    return hub.owner()
        .sql("select field from dead_letters where device = ?")
        .params(device.serial())
        .query(String.class)
        .list();
  }

  private boolean online(Registered device) {
    return Boolean.parseBoolean(
        hub.get("/api/v1/devices/" + device.id() + "/status", hub.admin()).text("online"));
  }
}
