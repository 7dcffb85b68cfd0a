package io.caravanhub.hub.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.exceptions.ConnectionFailedException;
import com.hivemq.client.mqtt.mqtt3.Mqtt3AsyncClient;
import com.hivemq.client.mqtt.mqtt3.Mqtt3Client;
import com.hivemq.client.mqtt.mqtt3.exceptions.Mqtt3ConnAckException;
import com.hivemq.client.mqtt.mqtt3.message.publish.Mqtt3Publish;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5ConnAckException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5PubAckException;
import com.hivemq.client.mqtt.mqtt5.message.connect.connack.Mqtt5ConnAckReasonCode;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PublishResult;
import com.hivemq.client.mqtt.mqtt5.message.publish.puback.Mqtt5PubAckReasonCode;
import io.caravanhub.hub.Answer;
import io.caravanhub.hub.MqttDevice;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import java.net.http.HttpRequest.BodyPublishers;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The embedded broker as devices meet it. */
class PublishTest {
  private static final String GOOD = "{\"metrics\":{\"temperature\":20}}";

  private final RunningHub hub = RunningHub.get();
  private final Registered device = hub.device("sensor");
  private final String topic = "t/default/d/" + device.id() + "/telemetry";

  @Test
  void storesWhatADevicePublishesUnderItsId() throws Exception {
    try (MqttDevice mqtt = MqttDevice.connect(hub.mqttPort(), device.id(), device.token())) {
      acknowledged(mqtt.publish(topic, GOOD));
    }
    assertThat(hub.rows(device)).isEqualTo(1);
  }

  @Test
  void storesWhatADevicePublishesUnderItsSerial() throws Exception {
    try (MqttDevice mqtt = MqttDevice.connect(hub.mqttPort(), device.serial(), device.token())) {
      acknowledged(mqtt.publish("t/default/d/" + device.serial() + "/telemetry", GOOD));
    }
    assertThat(hub.rows(device)).isEqualTo(1);
  }

  @Test
  void speaksMqtt311() throws Exception {
    Mqtt3AsyncClient mqtt = mqtt3();
    connect(mqtt);

    publish(mqtt, topic).get(10, TimeUnit.SECONDS);
    mqtt.toBlocking().disconnect();

    assertThat(hub.rows(device)).isEqualTo(1);
  }

  @Test
  void refusesAWrongPassword() {
    double before = hub.counted("hub.mqtt.refused", "what", "login");

    assertThatThrownBy(
            () -> MqttDevice.connect(hub.mqttPort(), device.id(), "ch_wrongwrongwrong00"))
        .isInstanceOfSatisfying(
            Mqtt5ConnAckException.class,
            e ->
                assertThat(e.getMqttMessage().getReasonCode())
                    .isEqualTo(Mqtt5ConnAckReasonCode.BAD_USER_NAME_OR_PASSWORD));
    assertThat(hub.counted("hub.mqtt.refused", "what", "login")).isEqualTo(before + 1);
  }

  @Test
  void refusesTheTokenOfAnotherDevice() {
    Registered other = hub.device("sensor");

    assertThatThrownBy(() -> MqttDevice.connect(hub.mqttPort(), device.id(), other.token()))
        .isInstanceOf(Mqtt5ConnAckException.class);
  }

  @Test
  void refusesAnonymousClients() {
    assertThatThrownBy(() -> mqtt3().toBlocking().connect())
        .isInstanceOfAny(Mqtt3ConnAckException.class, ConnectionFailedException.class);
  }

  @Test
  void refusesTheTopicOfAnotherDeviceAndStoresNothing() {
    Registered other = hub.device("sensor");
    double before = hub.counted("hub.mqtt.refused", "what", "topic");
    try (MqttDevice mqtt = MqttDevice.connect(hub.mqttPort(), device.id(), device.token())) {
      refused(
          mqtt.publish("t/default/d/" + other.id() + "/telemetry", GOOD),
          Mqtt5PubAckReasonCode.NOT_AUTHORIZED);
      refused(
          mqtt.publish("t/other/d/" + device.id() + "/telemetry", GOOD),
          Mqtt5PubAckReasonCode.NOT_AUTHORIZED);
      refused(mqtt.publish("anything", GOOD), Mqtt5PubAckReasonCode.NOT_AUTHORIZED);
    }
    assertThat(hub.rows(other)).isZero();
    assertThat(hub.rows(device)).isZero();
    assertThat(hub.counted("hub.mqtt.refused", "what", "topic")).isEqualTo(before + 3);
  }

  @Test
  void letsAGatewaySpeakForItsOwnDevicesOnly() throws Exception {
    Answer gateway =
        hub.post("/api/v1/gateways", hub.admin(), Map.of("serial", RunningHub.unique("G")));
    Registered behind =
        hub.device(
            hub.admin(), Map.of("device_type", "sensor", "gateway_id", gateway.text("serial")));
    String below = "t/default/g/" + gateway.text("id") + "/d/";
    try (MqttDevice mqtt =
        MqttDevice.connect(hub.mqttPort(), gateway.text("id"), gateway.text("token"))) {
      acknowledged(mqtt.publish(below + behind.serial() + "/telemetry", GOOD));
      refused(
          mqtt.publish(below + device.serial() + "/telemetry", GOOD),
          Mqtt5PubAckReasonCode.NOT_AUTHORIZED);
    }
    for (String stranger : List.of("another", "+", "#")) {
      assertThatThrownBy(() -> MqttDevice.connect(hub.mqttPort(), stranger, gateway.text("token")))
          .isInstanceOf(Mqtt5ConnAckException.class);
    }
    assertThat(hub.rows(behind)).isEqualTo(1);
    assertThat(hub.rows(device)).isZero();
  }

  @Test
  void acknowledgesOnlyAfterTheCommit() throws Exception {
    try (MqttDevice mqtt = MqttDevice.connect(hub.mqttPort(), device.id(), device.token())) {
      acknowledged(mqtt.publish(topic, "{\"metrics\":{\"humidity\":40}}"));
      CompletableFuture<Mqtt5PublishResult> held;
      try (Connection lock = lockTelemetry()) {
        held = mqtt.publish(topic, GOOD);
        await()
            .during(Duration.ofMillis(1500))
            .atMost(Duration.ofSeconds(30))
            .until(() -> !held.isDone());
        lock.rollback();
      }
      acknowledged(held);
    }
    assertThat(hub.rows(device)).isEqualTo(2);
  }

  @Test
  void acknowledgesAnMqtt311DeviceOnlyAfterTheCommit() throws Exception {
    Mqtt3AsyncClient mqtt = mqtt3();
    connect(mqtt);
    CompletableFuture<Mqtt3Publish> held;
    try (Connection lock = lockTelemetry()) {
      held = publish(mqtt, topic);
      await()
          .during(Duration.ofMillis(1500))
          .atMost(Duration.ofSeconds(30))
          .until(() -> !held.isDone());
      lock.rollback();
    }
    held.get(10, TimeUnit.SECONDS);
    mqtt.toBlocking().disconnect();
    assertThat(hub.rows(device)).isEqualTo(1);
  }

  @Test
  void takesNothingMoreFromADecommissionedDeviceAlsoInAnOpenSession() throws Exception {
    try (MqttDevice mqtt = MqttDevice.connect(hub.mqttPort(), device.id(), device.token())) {
      acknowledged(mqtt.publish(topic, GOOD));

      Answer gone =
          hub.send(
              "DELETE", "/api/v1/devices/" + device.id(), hub.admin(), BodyPublishers.noBody());

      assertThat(gone.text("status")).isEqualTo("decommissioned");
      await().atMost(Duration.ofSeconds(30)).until(() -> !mqtt.isConnected());
    }
    assertThat(hub.ingest(device.token(), GOOD).status()).isEqualTo(401);
    assertThatThrownBy(() -> MqttDevice.connect(hub.mqttPort(), device.id(), device.token()))
        .isInstanceOf(Mqtt5ConnAckException.class);
    assertThat(hub.rows(device)).isEqualTo(1);
  }

  @Test
  void aDeviceSetToDecommissionedLosesItsTokenToo() {
    hub.send(
        "PATCH",
        "/api/v1/devices/" + device.id(),
        hub.admin(),
        RunningHub.publisher("{\"status\":\"decommissioned\"}"));

    assertThat(hub.ingest(device.token(), GOOD).status()).isEqualTo(401);
  }

  @Test
  void throwsOutASenderOfTenMegabytesAndNobodyElse() throws Exception {
    Mqtt3AsyncClient sender = mqtt3();
    connect(sender);
    Registered neighbour = hub.device("sensor");
    try (MqttDevice mqtt = MqttDevice.connect(hub.mqttPort(), neighbour.id(), neighbour.token())) {
      sender
          .publishWith()
          .topic(topic)
          .qos(MqttQos.AT_LEAST_ONCE)
          .payload(new byte[10 * 1024 * 1024])
          .send();

      await().atMost(Duration.ofSeconds(10)).until(() -> !sender.getState().isConnected());
      acknowledged(mqtt.publish("t/default/d/" + neighbour.id() + "/telemetry", GOOD));
    }
    assertThat(hub.rows(device)).isZero();
    assertThat(hub.rows(neighbour)).isEqualTo(1);
  }

  @Test
  void aNewTokenEndsTheOldOne() {
    Answer rotated = hub.post("/api/v1/devices/" + device.id() + "/token", hub.admin(), "");

    assertThatThrownBy(() -> MqttDevice.connect(hub.mqttPort(), device.id(), device.token()))
        .isInstanceOf(Mqtt5ConnAckException.class);
    MqttDevice.connect(hub.mqttPort(), device.id(), rotated.text("token")).close();
  }

  /** Until the connection is rolled back nothing can be written to telemetry. */
  private Connection lockTelemetry() throws SQLException {
    Connection connection = hub.database().getConnection();
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute("lock table telemetry in share row exclusive mode");
    }
    return connection;
  }

  private static void acknowledged(CompletableFuture<Mqtt5PublishResult> publish) throws Exception {
    assertThat(publish.get(20, TimeUnit.SECONDS).getError()).isEmpty();
  }

  private static void refused(
      CompletableFuture<Mqtt5PublishResult> publish, Mqtt5PubAckReasonCode reason) {
    assertThat(publish)
        .failsWithin(Duration.ofSeconds(10))
        .withThrowableThat()
        .havingCause()
        .isInstanceOfSatisfying(
            Mqtt5PubAckException.class,
            e -> assertThat(e.getMqttMessage().getReasonCode()).isEqualTo(reason));
  }

  private Mqtt3AsyncClient mqtt3() {
    return Mqtt3Client.builder()
        .identifier(RunningHub.unique("client"))
        .serverHost("127.0.0.1")
        .serverPort(hub.mqttPort())
        .buildAsync();
  }

  private void connect(Mqtt3AsyncClient mqtt) {
    mqtt.toBlocking()
        .connectWith()
        .simpleAuth()
        .username(device.id())
        .password(device.token().getBytes(UTF_8))
        .applySimpleAuth()
        .send();
  }

  private static CompletableFuture<Mqtt3Publish> publish(Mqtt3AsyncClient mqtt, String topic) {
    return mqtt.publishWith()
        .topic(topic)
        .qos(MqttQos.AT_LEAST_ONCE)
        .payload(GOOD.getBytes(UTF_8))
        .send();
  }
}
