package io.caravanhub.hub.sparkplug;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.mqtt.MqttInConstants;
import io.caravanhub.core.telemetry.TelemetryHeaders;
import io.caravanhub.core.telemetry.UnusableMessageException;
import io.caravanhub.hub.broker.BrokerConstants;
import io.caravanhub.hub.deadletter.DeadLetters;
import io.caravanhub.hub.registry.Device;
import io.caravanhub.hub.registry.DeviceDirectory;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.springframework.stereotype.Component;

/**
 * The hub as a Sparkplug host application: the Java steps of the routes that take {@code spBv1.0}.
 * Thread-safe.
 */
@Component("sparkplug")
public class SparkplugHost {
  private static final int NODES_MAX = 10_000;

  private record NodeName(String tenant, String group, String edge) {}

  private final Map<NodeName, EdgeNode> nodes = new ConcurrentHashMap<>();
  private final DeviceDirectory devices;
  private final NodeCommands commands;
  private final GroupTenants tenants;
  private final ObjectMapper json;

  public SparkplugHost(
      DeviceDirectory devices, NodeCommands commands, GroupTenants tenants, ObjectMapper json) {
    this.devices = devices;
    this.commands = commands;
    this.tenants = tenants;
    this.json = json;
  }

  /** Forgets the births of all nodes: each is asked for them at its next message. */
  public void forget() {
    nodes.clear();
  }

  /** From a broker outside: what the embedded one knows of a message is read from its topic. */
  public void enter(Exchange exchange) {
    Message message = exchange.getMessage();
    String topic = message.getHeader(MqttInConstants.TOPIC, "", String.class);
    message.removeHeaders("*");
    message.setHeader(BrokerConstants.TOPIC, topic);
    SparkplugTopic read = SparkplugTopic.of(topic);
    message.setHeader(TelemetryHeaders.TENANT, tenants.of(read.group()));
    message.setHeader(TelemetryHeaders.DEVICE, read.subject());
    message.setHeader(TelemetryHeaders.SOURCE, "sparkplug");
    message.setHeader(TelemetryHeaders.RECEIVED, Long.toString(System.currentTimeMillis()));
  }

  /** Body in: a payload as bytes. Body out: what it comes to, as a list of parts. */
  public void read(Exchange exchange) {
    Message message = exchange.getMessage();
    byte[] bytes = message.getBody(byte[].class);
    message.setHeader(TelemetryHeaders.SOURCE, "sparkplug");
    SparkplugTopic topic =
        SparkplugTopic.of(message.getHeader(BrokerConstants.TOPIC, "", String.class));
    String tenant = message.getHeader(TelemetryHeaders.TENANT, "", String.class);
    SparkplugPayload payload = PayloadReader.read(bytes);
    SparkplugParts parts = new SparkplugParts(json, bytes);
    EdgeNode node = node(new NodeName(tenant, topic.group(), topic.edge()));
    if (topic.type().equals("NDEATH")) {
      nodeDied(node, tenant, topic, payload, parts);
    } else {
      take(node, tenant, topic, payload, parts);
    }
    message.setBody(parts.list());
  }

  private void take(
      EdgeNode node,
      String tenant,
      SparkplugTopic topic,
      SparkplugPayload payload,
      SparkplugParts parts) {
    boolean whole = true;
    if (topic.type().equals("NBIRTH")) {
      node.born(payload);
    } else {
      whole = node.follows(payload.seq());
    }
    Optional<Device> device = devices.find(tenant, topic.subject());
    boolean isRegistered = topic.device().isEmpty() || device.isPresent();
    if (!topic.device().isEmpty() && device.isPresent() && !isBehind(device.get(), topic.edge())) {
      parts.refuse(
          topic.subject(),
          "device_id",
          "device \"" + topic.device() + "\" is not behind gateway \"" + topic.edge() + "\"");
    } else if (topic.type().equals("DBIRTH")
        && isRegistered
        && !node.deviceBorn(topic.device(), payload)) {
      parts.refuse(
          topic.subject(),
          "device_id",
          "gateway \"" + topic.edge() + "\" has " + EdgeNode.DEVICES_MAX + " devices already");
    } else {
      if (topic.isDeath()) {
        node.deviceDied(topic.device());
      }
      if (topic.isBirth() || topic.isDeath()) {
        device.ifPresent(d -> parts.status(topic.subject(), topic.isBirth()));
      }
      // A birth would not help whom the registry does not know: nothing of it is remembered.
      whole &= topic.isDeath() || parts.values(node, topic, payload) || !isRegistered;
    }
    if (!whole) {
      commands.askForBirth(node, tenant, topic);
    }
  }

  private void nodeDied(
      EdgeNode node,
      String tenant,
      SparkplugTopic topic,
      SparkplugPayload payload,
      SparkplugParts parts) {
    Set<String> were = node.died(payload);
    if (were == null) {
      return;
    }
    devices.find(tenant, topic.edge()).ifPresent(d -> parts.status(topic.edge(), false));
    for (String device : were) {
      devices
          .find(tenant, device)
          .filter(d -> isBehind(d, topic.edge()))
          .ifPresent(d -> parts.status(device, false));
    }
  }

  private boolean isBehind(Device device, String edge) {
    return device.gateway() != null
        && devices.isGateway(device.tenant(), device.gateway().toString(), edge);
  }

  /** Body in: one part. Body out: its JSON, for the channel raw; fails for what is refused. */
  public void pass(Exchange exchange) {
    Message message = exchange.getMessage();
    SparkplugPart part = Objects.requireNonNull(message.getBody(SparkplugPart.class));
    message.setHeader(TelemetryHeaders.DEVICE, part.device());
    message.setHeader(TelemetryHeaders.SOURCE, part.source());
    message.setBody(part.json());
    if (part.field() != null) {
      exchange.setProperty(DeadLetters.PAYLOAD, part.json());
      throw new UnusableMessageException(part.field(), part.reason());
    }
  }

  private EdgeNode node(NodeName name) {
    if (nodes.size() >= NODES_MAX && !nodes.containsKey(name)) {
      // Whoever is forgotten is asked for its births again.
      nodes.clear();
    }
    return nodes.computeIfAbsent(name, n -> new EdgeNode());
  }
}
