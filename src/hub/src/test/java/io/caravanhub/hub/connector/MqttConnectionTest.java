package io.caravanhub.hub.connector;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import io.caravanhub.hub.Answer;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.outside.MosquittoBroker;
import io.caravanhub.testkit.network.TcpProxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections held open to a real Mosquitto by a running hub, with the Tasmota connector. */
class MqttConnectionTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final String CONFIG =
      "{\"mac\":\"A1B2C3D4E5F6\",\"t\":\"pump_1\",\"dn\":\"Pump 1\",\"md\":\"Athom Plug V2\",\"sw\":\"14.2.0\"}";

  private final RunningHub hub = RunningHub.get();
  private final String tenant = RunningHub.unique("stream");
  private final String admin = hub.token(tenant, "admin");
  private MosquittoBroker broker;
  private TcpProxy proxy;
  private Mqtt5BlockingClient plant;

  @TempDir private Path folder;

  @BeforeEach
  void start() throws Exception {
    broker = new MosquittoBroker(folder, "allow_anonymous true");
    proxy = new TcpProxy("127.0.0.1", broker.port());
    plant = client();
  }

  @AfterEach
  void stop() throws Exception {
    hub.owner()
        .sql("update connections set state = 'paused', updated_at = now() where tenant_id = ?")
        .param(tenant)
        .update();
    await()
        .atMost(SOON)
        .until(
            () ->
                hub.count(
                        "select count(*) from connections where tenant_id = ? and lease_owner is not null",
                        tenant)
                    == 0);
    hub.toDatabase().restore();
    proxy.close();
    broker.close();
  }

  private Mqtt5BlockingClient client() {
    Mqtt5BlockingClient client =
        MqttClient.builder()
            .useMqttVersion5()
            .identifier(RunningHub.unique("plant"))
            .serverHost("127.0.0.1")
            .serverPort(broker.port())
            .buildBlocking();
    client.connect();
    return client;
  }

  private void publish(String topic, String payload, boolean retain) {
    plant
        .publishWith()
        .topic(topic)
        .qos(MqttQos.AT_LEAST_ONCE)
        .retain(retain)
        .payload(payload.getBytes(UTF_8))
        .send();
  }

  private void sensor(int power) {
    publish(
        "tele/pump_1/SENSOR",
        "{\"Time\":\"2026-01-01T%02d:%02d:%02dZ\",\"ENERGY\":{\"Power\":%d}}"
            .formatted(power / 3600, power / 60 % 60, power % 60, power),
        false);
  }

  private Answer create(Map<String, Object> settings) {
    Map<String, Object> all = new HashMap<>(settings);
    all.putIfAbsent("url", "mqtt://127.0.0.1:" + proxy.port());
    return hub.post(
        "/api/v1/connections", admin, Map.of("oem", "tasmota", "settings", all, "enabled", true));
  }

  private Answer connection(String id) {
    return hub.get("/api/v1/connections/" + id, admin);
  }

  private boolean isConnected(String id) {
    return connection(id).json().path("connected_at").isTextual();
  }

  private long powers() {
    return hub.count(
        """
        select count(*) from telemetry t join devices d on d.key = t.device_id join metrics m on m.id = t.metric_id
         where d.tenant_id = ? and d.serial = 'A1B2C3D4E5F6' and m.key = 'power'\
        """,
        tenant);
  }

  private long letters() {
    return hub.count("select count(*) from dead_letters where tenant_id = ?", tenant);
  }

  @Test
  void storesWhatDevicesPublishUnderTheIdThatDiscoveryNames() {
    publish("tasmota/discovery/A1B2C3D4E5F6/config", CONFIG, true);
    String id = create(Map.of()).text("id");
    await().atMost(SOON).until(() -> isConnected(id));
    sensor(1);
    publish("tele/pump_1/LWT", "Offline", true);
    await().atMost(SOON).until(() -> powers() == 1);
    await().atMost(SOON).until(() -> connection(id).json().path("messages").asInt() >= 3);
    assertThat(connection(id).text("health")).isEqualTo("good");
    assertThat(connection(id).json().path("last_message_at").isTextual()).isTrue();
    assertThat(letters()).isZero();
    assertThat(
            hub.count(
                """
                select count(*) from telemetry t join devices d on d.key = t.device_id join metrics m on m.id = t.metric_id
                 where d.tenant_id = ? and m.key = 'connection_status'\
                """,
                tenant))
        .isEqualTo(1);
  }

  @Test
  void nothingIsLostWhileItIsPausedCutOffOrWithoutItsDatabase() {
    publish("tasmota/discovery/A1B2C3D4E5F6/config", CONFIG, true);
    String id = create(Map.of()).text("id");
    await().atMost(SOON).until(() -> isConnected(id));
    hub.post("/api/v1/connections/" + id + "/pause", admin, "");
    await().atMost(SOON).until(() -> !isConnected(id));
    for (int i = 0; i < 20; i++) {
      sensor(i);
    }
    hub.post("/api/v1/connections/" + id + "/enable", admin, "");
    await().atMost(SOON).until(() -> powers() == 20);
    hub.toDatabase().cut();
    for (int i = 20; i < 40; i++) {
      sensor(i);
    }
    proxy.cut();
    proxy.restore();
    hub.databaseIsBack();
    for (int i = 40; i < 60; i++) {
      sensor(i);
    }
    await().atMost(Duration.ofSeconds(40)).until(() -> powers() == 60);
    assertThat(letters()).isZero();
  }

  @Test
  void whatIsNoJsonIsADeadLetterWithItsDeviceAndTheRestGoesOn() {
    publish("tasmota/discovery/A1B2C3D4E5F6/config", CONFIG, true);
    String id = create(Map.of("mqtt_version", "3")).text("id");
    await().atMost(SOON).until(() -> isConnected(id));
    publish("tele/pump_1/SENSOR", "{\"Time\":", false);
    sensor(1);
    await().atMost(SOON).until(() -> powers() == 1 && letters() == 1);
    assertThat(
            hub.count(
                "select count(*) from dead_letters l join devices d on l.device in (d.id::text, d.serial) where d.tenant_id = ?",
                tenant))
        .isEqualTo(1);
  }

  @Test
  void testingTellsWhoIsThereAndAWrongBrokerIsNamed() {
    publish("tele/pump_1/LWT", "Online", true);
    String id = create(Map.of()).text("id");
    Answer good = hub.post("/api/v1/connections/" + id + "/test", admin, "");
    assertThat(good.json().path("ok").asBoolean()).as(good.body()).isTrue();
    assertThat(good.body()).contains("pump_1");
    proxy.refuse();
    proxy.cut();
    Answer bad = hub.post("/api/v1/connections/" + id + "/test", admin, "");
    assertThat(bad.json().path("ok").asBoolean()).as(bad.body()).isFalse();
    assertThat(bad.text("reason")).contains("broker");
    await().atMost(SOON).until(() -> connection(id).text("health").equals("shaky"));
    proxy.restore();
    await().atMost(SOON).until(() -> isConnected(id));
  }

  @Test
  void aHubLetsGoOfWhatAnotherHasTakenAndTakesUpWhatThatOneLeaves() {
    publish("tasmota/discovery/A1B2C3D4E5F6/config", CONFIG, true);
    String id = create(Map.of()).text("id");
    await().atMost(SOON).until(() -> isConnected(id));
    long before = connection(id).json().path("polls").asLong();
    hub.owner()
        .sql(
            "update connections set lease_owner = 'another hub', lease_until = now() + interval '1 h', lease_epoch = lease_epoch + 1 where id = ?::uuid")
        .param(id)
        .update();
    await().atMost(SOON).until(() -> proxy.connections() == 0);
    for (int i = 0; i < 5; i++) {
      sensor(i);
    }
    assertThat(powers()).isZero();
    hub.owner()
        .sql("update connections set lease_owner = null, lease_until = null where id = ?::uuid")
        .param(id)
        .update();
    await().atMost(SOON).until(() -> powers() == 5);
    assertThat(connection(id).json().path("polls").asLong()).isGreaterThan(before);
    assertThat(letters()).isZero();
  }

  /** Nobody holds it, and this is why. */
  private boolean isGivenUp(String id, String why) {
    return hub.count(
            "select count(*) from connections where id = ?::uuid and lease_owner is null and last_error like ?",
            id,
            "%" + why + "%")
        == 1;
  }

  private void change(String id, String settings) {
    hub.owner()
        .sql(
            "update connections set settings = %s, updated_at = now(), failures = 0, next_poll_at = now() where id = ?::uuid"
                .formatted(settings))
        .param(id)
        .update();
  }

  @Test
  void aPortThatCannotBeIsABadSettingAndNothingIsHeld() {
    String id = create(Map.of("url", "mqtt://127.0.0.1:70000")).text("id");

    await().atMost(SOON).until(() -> isGivenUp(id, "65535"));
  }

  @Test
  void whatTheHubStumblesOverAsItOpensIsLetGoOfAndTriedAgain() {
    String id = create(Map.of()).text("id");
    await().atMost(SOON).until(() -> isConnected(id));

    change(id, "settings || jsonb_build_object('user', repeat('u', 70000))");
    await().atMost(SOON).until(() -> isGivenUp(id, "a fault of the hub"));

    change(id, "settings - 'user'");
    await().atMost(SOON).until(() -> isConnected(id));
  }

  @Test
  void aChangeRightAfterOpeningIsSeen() {
    String id = create(Map.of()).text("id");
    await().atMost(SOON).pollInterval(Duration.ofMillis(2)).until(() -> proxy.connections() > 0);

    change(id, "settings || '{\"url\": \"mqtt://127.0.0.1:70000\"}'");

    await().atMost(SOON).until(() -> isGivenUp(id, "65535"));
  }
}
