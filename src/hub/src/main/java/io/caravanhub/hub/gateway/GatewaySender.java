package io.caravanhub.hub.gateway;

import io.caravanhub.core.mqtt.MqttInComponent;
import io.caravanhub.hub.broker.EmbeddedBroker;
import io.caravanhub.hub.registry.Gateway;
import org.apache.camel.CamelContext;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/** Sends to gateways by whichever broker they are on. Thread-safe. */
@Component
class GatewaySender {
  private final ObjectProvider<EmbeddedBroker> broker;
  private final ObjectProvider<CamelContext> camel;

  GatewaySender(ObjectProvider<EmbeddedBroker> broker, ObjectProvider<CamelContext> camel) {
    this.broker = broker;
    this.camel = camel;
  }

  /**
   * Sends below {@code t/{tenant}/g/{gateway}/}, at most once.
   *
   * @return false when it is known that nobody takes it
   */
  boolean send(Gateway gateway, String below, byte[] payload) {
    EmbeddedBroker embedded = broker.getIfAvailable();
    if (embedded != null) {
      // It may have logged in under its serial or its id, and listens below what it logged in as.
      boolean bySerial = send(embedded, gateway, gateway.serial(), below, payload);
      return send(embedded, gateway, gateway.id().toString(), below, payload) || bySerial;
    }
    return camel.getObject().hasComponent("mqtt-in") instanceof MqttInComponent outside
        && outside.publish(topic(gateway, gateway.serial(), below), payload);
  }

  private static boolean send(
      EmbeddedBroker broker, Gateway gateway, String user, String below, byte[] payload) {
    return broker.send(gateway.tenant(), user, topic(gateway, user, below), payload);
  }

  private static String topic(Gateway gateway, String name, String below) {
    return "t/" + gateway.tenant() + "/g/" + name + "/" + below;
  }
}
