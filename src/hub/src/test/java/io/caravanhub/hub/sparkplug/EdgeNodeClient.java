package io.caravanhub.hub.sparkplug;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt3.Mqtt3AsyncClient;
import com.hivemq.client.mqtt.mqtt3.message.publish.Mqtt3Publish;
import io.caravanhub.hub.RunningHub;
import java.io.IOException;
import java.util.Date;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.eclipse.tahu.SparkplugInvalidTypeException;
import org.eclipse.tahu.message.SparkplugBPayloadEncoder;
import org.eclipse.tahu.message.model.Metric;
import org.eclipse.tahu.message.model.Metric.MetricBuilder;
import org.eclipse.tahu.message.model.MetricDataType;
import org.eclipse.tahu.message.model.SparkplugBPayload.SparkplugBPayloadBuilder;

/** An edge node as Eclipse Tahu's encoder and an MQTT 3.1.1 client make one. */
public final class EdgeNodeClient implements AutoCloseable {
  private final Mqtt3AsyncClient client;
  private final String name;
  private final List<String> commands = new CopyOnWriteArrayList<>();
  private final long session;
  private long seq;

  public EdgeNodeClient(int port, String name, String password, long session) throws IOException {
    this.name = name;
    this.session = session;
    client =
        MqttClient.builder()
            .useMqttVersion3()
            .identifier(RunningHub.unique("edge"))
            .serverHost("127.0.0.1")
            .serverPort(port)
            .simpleAuth()
            .username(name)
            .password(password.getBytes(UTF_8))
            .applySimpleAuth()
            .willPublish()
            .topic("spBv1.0/plant/NDEATH/" + name)
            .qos(MqttQos.AT_LEAST_ONCE)
            .payload(encoded(null, session()))
            .applyWillPublish()
            .buildAsync();
    client.publishes(MqttGlobalPublishFilter.ALL, this::heard);
    client.toBlocking().connect();
    client
        .toBlocking()
        .subscribeWith()
        .topicFilter("spBv1.0/plant/NCMD/" + name + "/#")
        .qos(MqttQos.AT_LEAST_ONCE)
        .send();
  }

  private void heard(Mqtt3Publish command) {
    commands.add(command.getTopic() + " " + new String(command.getPayloadAsBytes(), UTF_8));
  }

  /** What it was told: topic and payload. */
  public List<String> commands() {
    return commands;
  }

  /** The metric that tells one session's death from another's. */
  Metric session() {
    return metric("bdSeq", null, MetricDataType.Int64, session);
  }

  public void birth(Metric... metrics) throws IOException {
    seq = 0;
    Metric[] all = new Metric[metrics.length + 1];
    all[0] = session();
    System.arraycopy(metrics, 0, all, 1, metrics.length);
    send("NBIRTH", "", encoded(seq, all));
  }

  /** Sends with the next number of the sequence. */
  public void send(String type, String device, Metric... metrics) throws IOException {
    seq = (seq + 1) % 256;
    send(type, device, encoded(seq, metrics));
  }

  /** Leaves numbers out, as if messages had been lost. */
  void skip(int numbers) {
    seq = (seq + numbers) % 256;
  }

  void send(String type, String device, byte[] payload) {
    String topic = "spBv1.0/plant/" + type + "/" + name + (device.isEmpty() ? "" : "/" + device);
    client.publishWith().topic(topic).qos(MqttQos.AT_LEAST_ONCE).payload(payload).send().join();
  }

  public static Metric metric(String name, Long alias, MetricDataType type, Object value) {
    try {
      MetricBuilder builder = new MetricBuilder(name, type, value).timestamp(new Date());
      return (alias == null ? builder : builder.alias(alias)).createMetric();
    } catch (SparkplugInvalidTypeException e) {
      throw new IllegalArgumentException(e);
    }
  }

  static byte[] encoded(Long seq, Metric... metrics) throws IOException {
    SparkplugBPayloadBuilder payload =
        new SparkplugBPayloadBuilder().setTimestamp(new Date()).addMetrics(List.of(metrics));
    if (seq != null) {
      payload.setSeq(seq);
    }
    return new SparkplugBPayloadEncoder().getBytes(payload.createPayload(), false);
  }

  @Override
  public void close() {
    if (client.getState().isConnected()) {
      client.toBlocking().disconnect();
    }
  }
}
