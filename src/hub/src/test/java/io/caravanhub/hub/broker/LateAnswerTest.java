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
import java.io.EOFException;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
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

  /** A busy hub prepares a connection when the same device has made its next one already. */
  @Test
  void acknowledgesNothingOnAConnectionThatHasTakenOverAnother() throws Exception {
    Registered busy = HUB.device("sensor");
    String its = "t/default/d/" + busy.id() + "/telemetry";
    AtomicBoolean over = new AtomicBoolean();
    broker.subscribe(new TopicFilter(its), publish -> slowly());
    List<CompletableFuture<Void>> load =
        Stream.generate(() -> CompletableFuture.runAsync(() -> publish(busy, its, over)))
            .limit(3)
            .toList();
    List<RawMqtt> first = new ArrayList<>();
    List<RawMqtt> next = new ArrayList<>();
    try {
      for (int n = 0; n < 40; n++) {
        String client = RunningHub.unique("client");
        for (List<RawMqtt> connections : List.of(first, next)) {
          RawMqtt mqtt = new RawMqtt(port);
          connections.add(mqtt);
          mqtt.connect(client, device.id(), device.token());
        }
      }
      for (RawMqtt mqtt : next) {
        mqtt.expect(RawMqtt.CONNACK);
        mqtt.publish(1, false, 1, topic, "{}");
      }
      for (RawMqtt mqtt : next) {
        assertThatThrownBy(() -> mqtt.expect(RawMqtt.PUBACK))
            .as("acknowledged although nothing took it")
            .isInstanceOf(EOFException.class);
      }
    } finally {
      over.set(true);
      for (RawMqtt mqtt : first) {
        mqtt.close();
      }
      for (RawMqtt mqtt : next) {
        mqtt.close();
      }
      load.forEach(CompletableFuture::join);
      broker.unsubscribe(new TopicFilter(its));
    }
  }

  private static void publish(Registered device, String topic, AtomicBoolean over) {
    try (MqttDevice mqtt = MqttDevice.connect(port, device.id(), device.token())) {
      while (!over.get()) {
        mqtt.publish(topic, "{}").join();
      }
    }
  }

  /** Holds up the thread on which the broker asks the hub. */
  private static CompletableFuture<Void> slowly() {
    try {
      TimeUnit.MILLISECONDS.sleep(20);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return CompletableFuture.completedFuture(null);
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
