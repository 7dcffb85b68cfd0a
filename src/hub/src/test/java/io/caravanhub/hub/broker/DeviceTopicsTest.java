package io.caravanhub.hub.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.hub.MqttDevice;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The topics of a device besides telemetry. */
class DeviceTopicsTest {
  private final RunningHub hub = RunningHub.get();
  private final Registered device = hub.device("sensor");

  @Test
  void aDeviceIsOnLineOrOffLineAsItSaysAndOnLineAgainWhenItSpeaks() throws Exception {
    try (MqttDevice mqtt = MqttDevice.connect(hub.mqttPort(), device.id(), device.token())) {
      publish(mqtt, "telemetry", "{\"metrics\":{\"temperature\":20}}");
      assertThat(online()).isEqualTo("true");
      publish(mqtt, "status", "offline");
      assertThat(online()).isEqualTo("false");
      publish(mqtt, "status", "{\"online\":true}");
      assertThat(online()).isEqualTo("true");
      publish(mqtt, "status", "{\"status\":\"offline\"}");
      assertThat(online()).isEqualTo("false");
      publish(mqtt, "telemetry", "{\"metrics\":{\"temperature\":21}}");
      assertThat(online()).isEqualTo("true");
    }
  }

  @Test
  void aStatusThatIsNoneAndAnEventAreKeptAsDeadLetters() throws Exception {
    try (MqttDevice mqtt = MqttDevice.connect(hub.mqttPort(), device.id(), device.token())) {
      publish(mqtt, "status", "perhaps");
      publish(mqtt, "events", "{\"alarm\":1}");
    }
    assertThat(
            hub.owner()
                .sql("select field from dead_letters where device = ? order by created_at")
                .params(device.id())
                .query(String.class)
                .list())
        .containsExactly("status", "topic");
  }

  private void publish(MqttDevice mqtt, String topic, String payload) throws Exception {
    mqtt.publish("t/default/d/" + device.id() + "/" + topic, payload).get(10, TimeUnit.SECONDS);
  }

  private String online() {
    return hub.get("/api/v1/devices/" + device.id() + "/status", hub.admin()).text("online");
  }
}
