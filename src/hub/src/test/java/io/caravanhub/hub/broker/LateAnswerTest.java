package io.caravanhub.hub.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt3.Mqtt3AsyncClient;
import com.hivemq.client.mqtt.mqtt3.Mqtt3Client;
import com.hivemq.client.mqtt.mqtt3.message.publish.Mqtt3Publish;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5PubAckException;
import io.caravanhub.hub.MqttDevice;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A publish whose route fails or does not come to an end is never acknowledged as stored. */
class LateAnswerTest {
  private static final RunningHub HUB = RunningHub.get();
  private static EmbeddedBroker broker;
  private static int port;

  private final Registered device = HUB.device("sensor");
  private final String topic = "t/default/d/" + device.id() + "/telemetry";

  @BeforeAll
  static void start(@TempDir Path folder) throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    broker =
        EmbeddedBroker.start(
            folder, "127.0.0.1", port, HUB.bean(Gatekeeper.class), Duration.ofMillis(500));
  }

  @AfterAll
  static void stop() {
    broker.close();
  }

  @Test
  void tellsAnErrorWhenTheRouteTakesTooLong() throws Exception {
    CompletableFuture<Void> late = new CompletableFuture<>();
    try (Taking taking = new Taking(late);
        MqttDevice mqtt = MqttDevice.connect(port, device.id(), device.token())) {
      assertRefused(mqtt);
      late.complete(null);

      taking.next(CompletableFuture.completedFuture(null));
      assertThat(mqtt.publish(topic, "{}").get(10, TimeUnit.SECONDS).getError()).isEmpty();
    }
  }

  @Test
  void tellsAnErrorWhenNoRouteTakesTheTopic() {
    try (MqttDevice mqtt = MqttDevice.connect(port, device.id(), device.token())) {
      assertRefused(mqtt);
    }
  }

  @Test
  void neverAcknowledgesToAnMqtt311DeviceWhatIsNotStored() {
    Mqtt3AsyncClient mqtt =
        Mqtt3Client.builder()
            .identifier(RunningHub.unique("client"))
            .serverHost("127.0.0.1")
            .serverPort(port)
            .buildAsync();
    mqtt.toBlocking()
        .connectWith()
        .cleanSession(true)
        .simpleAuth()
        .username(device.id())
        .password(device.token().getBytes(StandardCharsets.UTF_8))
        .applySimpleAuth()
        .send();
    CompletableFuture<Mqtt3Publish> publish =
        mqtt.publishWith()
            .topic(topic)
            .qos(MqttQos.AT_LEAST_ONCE)
            .payload(new byte[] {'{', '}'})
            .send();

    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> publish.isDone() || !mqtt.getState().isConnected());
    assertThat(publish.isDone() && !publish.isCompletedExceptionally())
        .as("acknowledged although nothing took it")
        .isFalse();
  }

  private void assertRefused(MqttDevice mqtt) {
    assertThatThrownBy(() -> mqtt.publish(topic, "{}").get(15, TimeUnit.SECONDS))
        .hasRootCauseInstanceOf(Mqtt5PubAckException.class);
  }

  /** Takes every publish and answers as it was told. */
  private static final class Taking implements AutoCloseable {
    private final TopicFilter all = new TopicFilter("t/#");
    private volatile CompletableFuture<Void> answer;

    Taking(CompletableFuture<Void> answer) {
      this.answer = answer;
      broker.subscribe(all, publish -> this.answer);
    }

    void next(CompletableFuture<Void> next) {
      this.answer = next;
    }

    @Override
    public void close() {
      broker.unsubscribe(all);
    }
  }
}
