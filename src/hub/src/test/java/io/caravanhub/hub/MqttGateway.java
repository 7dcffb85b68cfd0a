package io.caravanhub.hub;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A gateway's end of MQTT, listening below its topic. */
public final class MqttGateway implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String topic;
  private final Mqtt5AsyncClient client;
  private final BlockingQueue<byte[]> came = new LinkedBlockingQueue<>();

  public MqttGateway(int port, String tenant, String serial, String token, String below) {
    topic = "t/" + tenant + "/g/" + serial + "/";
    client =
        Mqtt5Client.builder()
            .identifier(RunningHub.unique("listening"))
            .serverHost("127.0.0.1")
            .serverPort(port)
            .buildAsync();
    client
        .toBlocking()
        .connectWith()
        .simpleAuth()
        .username(serial)
        .password(token.getBytes(StandardCharsets.UTF_8))
        .applySimpleAuth()
        .send();
    client
        .subscribeWith()
        .topicFilter(topic + below)
        .callback(publish -> came.add(publish.getPayloadAsBytes()))
        .send()
        .join();
  }

  /** Publishes with QoS 1 and waits for the PUBACK. */
  public void publish(String below, String payload) throws Exception {
    client
        .publishWith()
        .topic(topic + below)
        .qos(MqttQos.AT_LEAST_ONCE)
        .payload(payload.getBytes(StandardCharsets.UTF_8))
        .send()
        .get(60, TimeUnit.SECONDS);
  }

  /** The next thing the hub sent. */
  public JsonNode next() throws Exception {
    byte[] payload = came.poll(60, TimeUnit.SECONDS);
    assertThat(payload).isNotNull();
    return JSON.readTree(payload);
  }

  @Override
  public void close() {
    client.toBlocking().disconnect();
  }
}
