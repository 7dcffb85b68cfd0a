package io.caravanhub.hub.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.exceptions.MqttSessionExpiredException;
import com.hivemq.client.mqtt.mqtt5.Mqtt5BlockingClient;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5PubRecException;
import io.caravanhub.hub.Mosquitto;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** QoS 0, 1 and 2 from end to end, and what a message that comes again does. */
class QualityOfServiceTest {
  private static final String TIMELESS = "{\"metrics\":{\"temperature\":20}}";

  private final RunningHub hub = RunningHub.get();
  private final Registered device = hub.device("sensor");
  private final String topic = "t/default/d/" + device.id() + "/telemetry";
  private final String client = RunningHub.unique("raw");

  @ParameterizedTest
  @CsvSource({"mqttv311,0", "mqttv311,1", "mqttv311,2", "mqttv5,0", "mqttv5,1", "mqttv5,2"})
  void mosquittoPublishesWithEveryVersionAndQuality(String version, String qos) throws Exception {
    Mosquitto.Ended ended =
        Mosquitto.publish(
            "-h",
            "127.0.0.1",
            "-p",
            Integer.toString(hub.mqttPort()),
            "-V",
            version,
            "-q",
            qos,
            "-u",
            device.serial(),
            "-P",
            device.token(),
            "-t",
            "t/default/d/" + device.serial() + "/telemetry",
            "-m",
            TIMELESS);

    assertThat(ended).isEqualTo(new Mosquitto.Ended(0, ""));
    if (qos.equals("0")) {
      await().atMost(Duration.ofSeconds(10)).until(() -> hub.rows(device) == 1);
    }
    assertThat(hub.rows(device)).isEqualTo(1);
  }

  @Test
  void qualityTwoIsReceivedAfterTheCommitAndCompletedAfterTheRelease() throws Exception {
    try (RawMqtt mqtt = connect()) {
      mqtt.publish(2, false, 1, topic, TIMELESS);
      mqtt.expect(RawMqtt.PUBREC);
      assertThat(hub.rows(device)).isEqualTo(1);
      mqtt.release(1);
      mqtt.expect(RawMqtt.PUBCOMP);
    }
  }

  @Test
  void qualityTwoSentAgainInTheSameSessionIsNotStoredAgainAlthoughItHasNoTime() throws Exception {
    try (RawMqtt mqtt = connect()) {
      mqtt.publish(2, false, 1, topic, TIMELESS);
      mqtt.expect(RawMqtt.PUBREC);
    }
    try (RawMqtt mqtt = connect()) {
      mqtt.publish(2, true, 1, topic, TIMELESS);
      mqtt.expect(RawMqtt.PUBREC);
      mqtt.release(1);
      mqtt.expect(RawMqtt.PUBCOMP);
      assertThat(hub.rows(device)).isEqualTo(1);

      mqtt.publish(2, false, 1, topic, TIMELESS);
      mqtt.expect(RawMqtt.PUBREC);
      assertThat(hub.rows(device)).as("the same id after its release is new").isEqualTo(2);
    }
  }

  @Test
  void qualityOneSentAgainIsStoredOnceByItsTime() throws Exception {
    String timed = "{\"timestamp\":\"" + Instant.now() + "\",\"metrics\":{\"temperature\":20}}";
    try (RawMqtt mqtt = connect()) {
      mqtt.publish(1, false, 1, topic, timed);
      mqtt.expect(RawMqtt.PUBACK);
    }
    try (RawMqtt mqtt = connect()) {
      mqtt.publish(1, true, 1, topic, timed);
      mqtt.expect(RawMqtt.PUBACK);
    }
    assertThat(hub.rows(device)).isEqualTo(1);
  }

  @Test
  void qualityOneSentAgainOnTheSameConnectionIsAnsweredAgain() throws Exception {
    String timed = "{\"timestamp\":\"" + Instant.now() + "\",\"metrics\":{\"temperature\":20}}";
    try (RawMqtt mqtt = connect()) {
      for (int time = 0; time < 4; time++) {
        mqtt.publish(1, time > 0, 1, topic, timed);
        mqtt.expect(RawMqtt.PUBACK);
      }
    }
    assertThat(hub.rows(device)).isEqualTo(1);
  }

  @Test
  void qualityTwoIsStoredAfterOneThatWasRefusedUnderTheSameId() {
    Mqtt5BlockingClient mqtt =
        MqttClient.builder()
            .useMqttVersion5()
            .identifier(client)
            .serverHost("127.0.0.1")
            .serverPort(hub.mqttPort())
            .simpleAuth()
            .username(device.id())
            .password(device.token().getBytes(UTF_8))
            .applySimpleAuth()
            .buildBlocking();
    mqtt.connect();
    assertThatThrownBy(() -> publish(mqtt, "t/default/d/another/telemetry"))
        .isInstanceOfAny(Mqtt5PubRecException.class, MqttSessionExpiredException.class);
    await().atMost(Duration.ofSeconds(30)).until(() -> !mqtt.getState().isConnected());

    mqtt.connect();
    publish(mqtt, topic);

    assertThat(hub.rows(device)).isEqualTo(1);
    mqtt.disconnect();
  }

  private static void publish(Mqtt5BlockingClient mqtt, String to) {
    mqtt.publishWith().topic(to).qos(MqttQos.EXACTLY_ONCE).payload(TIMELESS.getBytes(UTF_8)).send();
  }

  private RawMqtt connect() throws Exception {
    return new RawMqtt(hub.mqttPort(), client, device.id(), device.token());
  }
}
