package io.caravanhub.core.mqtt;

import com.hivemq.client.mqtt.MqttClientState;
import com.hivemq.client.mqtt.lifecycle.MqttClientAutoReconnect;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.concurrent.TimeUnit;

/**
 * A connection of this process alone, to publish over: whoever does not hold the session sends,
 * too. Connects again by itself. Thread-safe.
 */
final class BrokerSender {
  private final Mqtt5AsyncClient client;

  BrokerSender(MqttInEndpoint endpoint) throws IOException, GeneralSecurityException {
    client =
        BrokerLink.client(endpoint, endpoint.ownId() + "-send")
            .automaticReconnect(
                MqttClientAutoReconnect.builder()
                    .initialDelay(500, TimeUnit.MILLISECONDS)
                    .maxDelay(10, TimeUnit.SECONDS)
                    .build())
            .buildAsync();
    var unused =
        client
            .connectWith()
            .cleanStart(true)
            .sessionExpiryInterval(0)
            .keepAlive(20)
            .send()
            .exceptionally(triedAgainByItself -> null);
  }

  boolean publish(String topic, byte[] payload) {
    if (client.getState() != MqttClientState.CONNECTED) {
      return false;
    }
    var unused = client.publishWith().topic(topic).payload(payload).send();
    return true;
  }

  void close() {
    var unused = client.disconnect().exceptionally(notConnected -> null);
  }
}
