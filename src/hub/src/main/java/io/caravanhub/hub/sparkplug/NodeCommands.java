package io.caravanhub.hub.sparkplug;

import com.google.protobuf.CodedOutputStream;
import io.caravanhub.core.mqtt.MqttInComponent;
import io.caravanhub.hub.broker.EmbeddedBroker;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.apache.camel.CamelContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/** Sends commands to edge nodes by whichever broker they are on. Thread-safe. */
@Component
class NodeCommands {
  private static final Logger LOG = LoggerFactory.getLogger(NodeCommands.class);
  private static final Duration PAUSE = Duration.ofSeconds(5);
  private static final String REBIRTH = "Node Control/Rebirth";
  private static final int BOOLEAN = 11;

  private final ObjectProvider<EmbeddedBroker> broker;
  private final ObjectProvider<CamelContext> camel;
  private final MeterRegistry meters;

  NodeCommands(
      ObjectProvider<EmbeddedBroker> broker,
      ObjectProvider<CamelContext> camel,
      MeterRegistry meters) {
    this.broker = broker;
    this.camel = camel;
    this.meters = meters;
  }

  /** Asks the node to say its births again, at most every five seconds (Sparkplug 3.0, 6.4.25). */
  void askForBirth(EdgeNode node, String tenant, SparkplugTopic topic) {
    if (!node.mayAsk(System.nanoTime(), PAUSE.toNanos())) {
      return;
    }
    byte[] payload = rebirth(System.currentTimeMillis());
    EmbeddedBroker embedded = broker.getIfAvailable();
    boolean sent =
        embedded != null && embedded.send(tenant, topic.edge(), topic.command(), payload);
    if (!sent && camel.getObject().hasComponent("mqtt-in") instanceof MqttInComponent outside) {
      sent = outside.publish(topic.command(), payload);
    }
    meters.counter("hub.sparkplug.rebirths").increment();
    LOG.debug("Asked {} for its births: {}", topic.edge(), sent ? "sent" : "not connected");
  }

  private static byte[] rebirth(long now) {
    try {
      ByteArrayOutputStream metric = new ByteArrayOutputStream();
      CodedOutputStream inner = CodedOutputStream.newInstance(metric);
      inner.writeString(1, REBIRTH);
      inner.writeUInt64(3, now);
      inner.writeUInt32(4, BOOLEAN);
      inner.writeBool(14, true);
      inner.flush();
      ByteArrayOutputStream payload = new ByteArrayOutputStream();
      CodedOutputStream outer = CodedOutputStream.newInstance(payload);
      outer.writeUInt64(1, now);
      outer.writeByteArray(2, metric.toByteArray());
      outer.flush();
      return payload.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
