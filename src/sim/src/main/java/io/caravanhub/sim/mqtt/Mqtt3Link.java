package io.caravanhub.sim.mqtt;

import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt3.Mqtt3AsyncClient;
import com.hivemq.client.mqtt.mqtt3.Mqtt3Client;
import io.caravanhub.sim.device.Link;
import java.util.concurrent.TimeUnit;

/** Publishes with QoS 1 over MQTT 3.1.1; connects when needed, so that a lost connection heals. */
public final class Mqtt3Link implements Link {
  private static final long TIMEOUT_SECONDS = 30;

  private final MqttAccess access;
  private final Mqtt3AsyncClient client;

  /** A link that is not connected yet. */
  public Mqtt3Link(MqttAccess access) {
    this.access = access;
    client =
        Mqtt3Client.builder()
            .identifier(access.clientId())
            .serverHost(access.host())
            .serverPort(access.port())
            .simpleAuth()
            .username(access.serial())
            .password(access.password())
            .applySimpleAuth()
            .buildAsync();
  }

  @Override
  public void send(byte[] message) throws Exception {
    if (!client.getState().isConnected()) {
      var unused = client.connectWith().keepAlive(30).send().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }
    try {
      var unused =
          client
              .publishWith()
              .topic(access.topic())
              .qos(MqttQos.AT_LEAST_ONCE)
              .payload(message)
              .send()
              .get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    } catch (Exception e) {
      close();
      throw e;
    }
  }

  @Override
  public void close() {
    if (client.getState().isConnectedOrReconnect()) {
      var unused = client.disconnect();
    }
  }
}
