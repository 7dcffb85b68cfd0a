package io.caravanhub.hub;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PublishResult;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/** An MQTT 5 client signed in to a broker of the tests. */
public final class MqttDevice implements AutoCloseable {
  private final Mqtt5AsyncClient client;

  private MqttDevice(Mqtt5AsyncClient client) {
    this.client = client;
  }

  /** Connects; throws what the broker answered. */
  public static MqttDevice connect(int port, String user, String password) {
    Mqtt5AsyncClient client =
        Mqtt5Client.builder()
            .identifier(RunningHub.unique("client"))
            .serverHost("127.0.0.1")
            .serverPort(port)
            .buildAsync();
    client
        .toBlocking()
        .connectWith()
        .simpleAuth()
        .username(user)
        .password(password.getBytes(StandardCharsets.UTF_8))
        .applySimpleAuth()
        .send();
    return new MqttDevice(client);
  }

  /** Publishes with QoS 1; completes with the PUBACK, exceptionally when it tells an error. */
  public CompletableFuture<Mqtt5PublishResult> publish(String topic, String payload) {
    return publish(topic, payload.getBytes(StandardCharsets.UTF_8));
  }

  public CompletableFuture<Mqtt5PublishResult> publish(String topic, byte[] payload) {
    return client.publishWith().topic(topic).qos(MqttQos.AT_LEAST_ONCE).payload(payload).send();
  }

  public boolean isConnected() {
    return client.getState().isConnected();
  }

  @Override
  public void close() {
    if (isConnected()) {
      client.toBlocking().disconnect();
    }
  }
}
