package io.caravanhub.sim.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.caravanhub.sim.device.Link;
import io.caravanhub.sim.device.SendQueue;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MqttLinkTest {
  private RecordingBroker broker;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    broker = new RecordingBroker(folder);
  }

  @BeforeEach
  void open() {
    broker.open();
    broker.received.clear();
  }

  @AfterAll
  void stop() throws Exception {
    broker.close();
  }

  static Stream<Named<Function<MqttAccess, Link>>> versions() {
    return Stream.of(Named.of("MQTT 5", Mqtt5Link::new), Named.of("MQTT 3.1.1", Mqtt3Link::new));
  }

  @ParameterizedTest
  @MethodSource("versions")
  void aDevicePublishesUnderItsOwnNameWithQualityOfServiceOne(Function<MqttAccess, Link> version)
      throws Exception {
    try (Link link = version.apply(access(RecordingBroker.TOKEN))) {
      link.send("hello".getBytes(UTF_8));
    }

    assertThat(broker.received)
        .singleElement()
        .satisfies(
            message -> {
              assertThat(message.topic()).isEqualTo("t/default/d/RTU-2/telemetry");
              assertThat(message.qos()).isEqualTo(1);
              assertThat(message.payload()).isEqualTo("hello");
            });
  }

  @ParameterizedTest
  @MethodSource("versions")
  void whatIsSaidWhileTheBrokerIsAwayArrivesAfterwardsInOrder(Function<MqttAccess, Link> version) {
    MqttAccess access = access(RecordingBroker.TOKEN);
    try (SendQueue queue = new SendQueue("RTU-2", version.apply(access), 100)) {
      queue.offer("1".getBytes(UTF_8));
      await().until(() -> queue.size() == 0);

      broker.shut(access.clientId());
      queue.offer("2".getBytes(UTF_8));
      queue.offer("3".getBytes(UTF_8));
      await().during(Duration.ofMillis(600)).until(() -> queue.size() == 2);
      broker.open();

      await().atMost(Duration.ofSeconds(20)).until(() -> queue.size() == 0);
    }
    assertThat(broker.received.stream().map(RecordingBroker.Received::payload))
        .isEqualTo(List.of("1", "2", "3"));
  }

  @Test
  void aWrongTokenIsRefused() {
    try (Link link = new Mqtt5Link(access("wrong"))) {
      assertThatThrownBy(() -> link.send(new byte[0])).hasMessageContaining("CONNACK");
    }
  }

  @Test
  void theTwoLinksSpeakTheTwoVersions() throws Exception {
    try (Link five = new Mqtt5Link(access(RecordingBroker.TOKEN))) {
      five.send(new byte[0]);
    }
    try (Link three = new Mqtt3Link(access(RecordingBroker.TOKEN))) {
      three.send(new byte[0]);
    }

    assertThat(broker.received.stream().map(RecordingBroker.Received::protocol))
        .containsExactly("V_5", "V_3_1_1");
  }

  private MqttAccess access(String token) {
    return new MqttAccess("127.0.0.1", broker.port, "default", "RTU-2", token);
  }
}
