package io.caravanhub.hub.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.hub.MqttDevice;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What operators see of each mapping. */
class MappingMetersTest {

  @Test
  void messagesAreCountedByMappingAndResult() throws Exception {
    VersionedMapping mapping = new VersionedMapping();
    RunningHub hub = mapping.hub;
    mapping.publish(
        "a = 1 ? {\"metrics\": {\"flow\": 1}} : a = 2 ? {\"metrics\": {\"flow\": \"n/a\"}} : a = 3 ? $error(\"no\")");
    Registered device = mapping.device();

    try (MqttDevice mqtt = MqttDevice.connect(hub.mqttPort(), device.id(), device.token())) {
      for (int a : List.of(1, 1, 2, 3, 4)) {
        mqtt.publish(
                "t/" + mapping.tenant + "/d/" + device.id() + "/telemetry", "{\"a\": " + a + "}")
            .get(10, TimeUnit.SECONDS);
      }
    }

    assertThat(counted(mapping, "matched")).isEqualTo(3);
    assertThat(counted(mapping, "refused")).isEqualTo(1);
    assertThat(counted(mapping, "failed")).isEqualTo(1);
    assertThat(counted(mapping, "unmatched")).isEqualTo(1);
    assertThat(hub.get("/actuator/prometheus", hub.admin()).body())
        .contains(
            "hub_mapping_messages_total{mapping=\"" + mapping.name + "\",result=\"matched\"} 3.0");
  }

  private static double counted(VersionedMapping mapping, String result) {
    return mapping.hub.counted("hub.mapping.messages", "mapping", mapping.name, "result", result);
  }

  @Test
  void mappingsBeyondFiveHundredCountTogether() {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    MappingMeters meters = new MappingMeters(registry);

    for (int i = 0; i < 600; i++) {
      meters.of("m" + i).matched().increment();
    }

    assertThat(registry.getMeters()).hasSize(501 * 4);
    assertThat(
            registry
                .counter("hub.mapping.messages", "mapping", "other", "result", "matched")
                .count())
        .isEqualTo(100);
  }
}
