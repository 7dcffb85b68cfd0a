package io.caravanhub.hub.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5ClientBuilder;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5ConnAckException;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5SubAckException;
import com.hivemq.client.mqtt.mqtt5.message.disconnect.Mqtt5DisconnectReasonCode;
import io.caravanhub.hub.Mosquitto;
import io.caravanhub.hub.MqttDevice;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import io.caravanhub.testkit.network.TcpProxy;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** How sessions begin and end: rights that end, wills, client ids. */
class SessionTest {
  private static final String READING = "{\"metrics\":{\"temperature\":20}}";

  private final RunningHub hub = RunningHub.get();
  private final Registered device = hub.device("sensor");
  private final String topic = "t/default/d/" + device.id() + "/telemetry";

  @Test
  void aRotatedTokenClosesTheOpenSession() {
    try (MqttDevice mqtt = MqttDevice.connect(hub.mqttPort(), device.id(), device.token())) {
      hub.post("/api/v1/devices/" + device.id() + "/token", hub.admin(), "");

      await().atMost(Duration.ofSeconds(30)).until(() -> !mqtt.isConnected());
    }
  }

  @Test
  void aRevokedTokenClosesNoOtherSession() throws Exception {
    Registered neighbour = hub.device("sensor");
    try (MqttDevice mqtt = MqttDevice.connect(hub.mqttPort(), neighbour.id(), neighbour.token())) {
      hub.post("/api/v1/devices/" + device.id() + "/token", hub.admin(), "");

      mqtt.publish("t/default/d/" + neighbour.id() + "/telemetry", READING).get();
      assertThat(mqtt.isConnected()).isTrue();
    }
  }

  @Test
  void aWillOnItsOwnTopicIsStoredWhenTheConnectionIsLost() throws Exception {
    try (TcpProxy proxy = new TcpProxy("127.0.0.1", hub.mqttPort())) {
      Mqtt5BlockingClient client = client(proxy.port(), topic, RunningHub.unique("client"));
      client.connect();
      proxy.cut();

      await().atMost(Duration.ofSeconds(10)).until(() -> hub.rows(device) == 1);
    }
  }

  @Test
  void aWillIsStoredWhenTheClientAsksForItAndNotWhenItTakesItsLeave() {
    Mqtt5BlockingClient polite = client(hub.mqttPort(), topic, RunningHub.unique("client"));
    polite.connect();
    polite.disconnect();
    Mqtt5BlockingClient asking = client(hub.mqttPort(), topic, RunningHub.unique("client"));
    asking.connect();
    asking
        .disconnectWith()
        .reasonCode(Mqtt5DisconnectReasonCode.DISCONNECT_WITH_WILL_MESSAGE)
        .send();

    await().atMost(Duration.ofSeconds(10)).until(() -> hub.rows(device) > 0);
    assertThat(hub.rows(device)).isEqualTo(1);
  }

  @Test
  void aWillOnTheTopicOfAnotherIsRefused() {
    String other = "t/default/d/" + hub.device("sensor").id() + "/telemetry";

    assertThatThrownBy(() -> client(hub.mqttPort(), other, RunningHub.unique("client")).connect())
        .isInstanceOf(Mqtt5ConnAckException.class);
  }

  @Test
  void aClientIdInUseIsNotTakenOverByAnotherDevice() {
    Registered other = hub.device("sensor");
    String id = RunningHub.unique("client");
    Mqtt5BlockingClient first = client(hub.mqttPort(), topic, id);
    first.connect();
    Mqtt5BlockingClient second =
        builder(hub.mqttPort(), id)
            .simpleAuth()
            .username(other.id())
            .password(other.token().getBytes(UTF_8))
            .applySimpleAuth()
            .buildBlocking();

    assertThatThrownBy(second::connect).isInstanceOf(Mqtt5ConnAckException.class);
    assertThat(first.getState().isConnected()).isTrue();
    first.disconnect();
  }

  @Test
  void aSessionThatIsOffLineIsNotInheritedByAnother() {
    Registered other = hub.device("sensor");
    String id = RunningHub.unique("client");
    Mqtt5BlockingClient owner = client(hub.mqttPort(), topic, id);
    owner.connectWith().cleanStart(false).sessionExpiryInterval(3_600).send();
    owner.subscribeWith().topicFilter("t/default/d/" + device.id() + "/#").send();
    owner.disconnect();

    assertThatThrownBy(() -> persistent(other, id)).isInstanceOf(Mqtt5ConnAckException.class);
    assertThat(persistent(device, id)).as("its owner's session").isTrue();
  }

  @Test
  void aClientIdIsFreeWhenItsSessionHasEnded() {
    Registered other = hub.device("sensor");
    String id = RunningHub.unique("client");
    Mqtt5BlockingClient owner = client(hub.mqttPort(), topic, id);
    owner.connect();
    owner.disconnect();

    await()
        .atMost(Duration.ofSeconds(10))
        .ignoreException(Mqtt5ConnAckException.class)
        .untilAsserted(() -> assertThat(persistent(other, id)).isFalse());
  }

  /** Connects without a clean start; gives whether there was a session to go on with. */
  private boolean persistent(Registered as, String id) {
    Mqtt5BlockingClient client =
        builder(hub.mqttPort(), id)
            .simpleAuth()
            .username(as.id())
            .password(as.token().getBytes(UTF_8))
            .applySimpleAuth()
            .buildBlocking();
    boolean present = client.connectWith().cleanStart(false).send().isSessionPresent();
    client.disconnect();
    return present;
  }

  @Test
  void nobodySubscribesToTheTopicsOfOthers() {
    Mqtt5BlockingClient client = client(hub.mqttPort(), topic, RunningHub.unique("client"));
    client.connect();
    for (String filter : new String[] {"#", "t/default/d/+/telemetry", "t/+/d/x/#", "spBv1.0/#"}) {
      assertThatThrownBy(() -> client.subscribeWith().topicFilter(filter).send())
          .as(filter)
          .isInstanceOf(Mqtt5SubAckException.class);
    }
    client.disconnect();
  }

  @Test
  void mosquittosSubscriberMayListenToItsOwnTopicsOnly() throws Exception {
    String own = "t/default/d/" + device.id() + "/commands";
    for (String version : new String[] {"mqttv311", "mqttv5"}) {
      assertThat(subscribed(version, own).said()).doesNotContain("denied");
      assertThat(subscribed(version, "t/default/d/+/commands").said()).contains("denied");
    }
  }

  private Mosquitto.Ended subscribed(String version, String filter) throws Exception {
    return Mosquitto.subscribe(
        "-h",
        "127.0.0.1",
        "-p",
        Integer.toString(hub.mqttPort()),
        "-V",
        version,
        "-q",
        "1",
        "-E",
        "-u",
        device.id(),
        "-P",
        device.token(),
        "-t",
        filter);
  }

  private Mqtt5BlockingClient client(int port, String willTopic, String id) {
    return builder(port, id)
        .simpleAuth()
        .username(device.id())
        .password(device.token().getBytes(UTF_8))
        .applySimpleAuth()
        .willPublish()
        .topic(willTopic)
        .qos(MqttQos.AT_LEAST_ONCE)
        .payload(READING.getBytes(UTF_8))
        .applyWillPublish()
        .buildBlocking();
  }

  private static Mqtt5ClientBuilder builder(int port, String id) {
    return MqttClient.builder()
        .useMqttVersion5()
        .identifier(id)
        .serverHost("127.0.0.1")
        .serverPort(port);
  }
}
