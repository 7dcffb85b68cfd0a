package io.caravanhub.hub.gatewayconfig;

import io.caravanhub.core.mqtt.MqttInComponent;
import io.caravanhub.hub.broker.EmbeddedBroker;
import java.nio.charset.StandardCharsets;
import org.apache.camel.CamelContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Tells a gateway over MQTT that there is a new version, so that it need not wait until it asks. A
 * hint that gets lost costs a minute.
 */
@Component
class ConfigurationHint {
  private static final Logger LOG = LoggerFactory.getLogger(ConfigurationHint.class);
  private final ObjectProvider<EmbeddedBroker> broker;
  private final ObjectProvider<CamelContext> camel;

  ConfigurationHint(ObjectProvider<EmbeddedBroker> broker, ObjectProvider<CamelContext> camel) {
    this.broker = broker;
    this.camel = camel;
  }

  void afterCommit(String tenant, String serial, int version) {
    TransactionSynchronizationManager.registerSynchronization(
        new TransactionSynchronization() {
          @Override
          public void afterCommit() {
            try {
              send(tenant, serial, version);
            } catch (RuntimeException e) {
              LOG.info("Gateway {} could not be told of version {}: {}", serial, version, e, e);
            }
          }
        });
  }

  private void send(String tenant, String serial, int version) {
    String topic = "t/" + tenant + "/g/" + serial + "/configuration";
    byte[] payload = ("{\"version\":" + version + "}").getBytes(StandardCharsets.UTF_8);
    EmbeddedBroker embedded = broker.getIfAvailable();
    boolean sent = embedded != null && embedded.send(tenant, serial, topic, payload);
    if (!sent && camel.getObject().hasComponent("mqtt-in") instanceof MqttInComponent outside) {
      sent = outside.publish(topic, payload);
    }
    LOG.debug("Gateway {} was {} of version {}", serial, sent ? "told" : "not told", version);
  }
}
