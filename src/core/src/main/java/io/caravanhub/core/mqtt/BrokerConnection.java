package io.caravanhub.core.mqtt;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.lifecycle.MqttClientDisconnectedContext;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5DisconnectException;
import com.hivemq.client.mqtt.mqtt5.message.disconnect.Mqtt5DisconnectReasonCode;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import com.hivemq.client.mqtt.mqtt5.message.subscribe.Mqtt5Subscription;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to the session that a broker keeps, from CONNECT to its end; the next one has a
 * client of its own. What this one has not acknowledged the broker delivers to the next, in the
 * order in which it came. Thread-safe.
 */
final class BrokerConnection {
  private static final Logger LOG = LoggerFactory.getLogger(BrokerConnection.class);

  private final MqttInEndpoint endpoint;
  private final Mqtt5AsyncClient client;
  private final long began = System.nanoTime();
  private volatile boolean open;
  private volatile boolean over;
  private volatile @Nullable Throwable cause;

  /**
   * Connects and subscribes.
   *
   * @param inFlight how many messages the broker is told that it may send unacknowledged
   * @param take given each message, one after the other
   * @param ended called once when the connection ends by itself, or there comes none
   */
  BrokerConnection(
      MqttInEndpoint endpoint,
      String clientId,
      int inFlight,
      BiConsumer<BrokerConnection, Mqtt5Publish> take,
      Runnable ended)
      throws IOException, GeneralSecurityException {
    this.endpoint = endpoint;
    this.client =
        BrokerLink.client(endpoint, clientId)
            .addConnectedListener(context -> subscribe())
            .addDisconnectedListener(
                context -> {
                  disconnected(context);
                  ended.run();
                })
            .buildAsync();
    // Before the connection: a session that goes on delivers at once.
    client.publishes(MqttGlobalPublishFilter.ALL, publish -> take.accept(this, publish), true);
    var unused =
        client
            .connectWith()
            .cleanStart(false)
            .sessionExpiryInterval(endpoint.getSessionExpiryInterval())
            .keepAlive(20)
            .restrictions()
            .receiveMaximum(inFlight)
            .applyRestrictions()
            .send()
            .exceptionally(toldToTheListener -> null);
  }

  private void subscribe() {
    if (over) {
      // Dropped while it was being opened, which cannot be stopped.
      drop();
      return;
    }
    open = true;
    var unused =
        client
            .subscribeWith()
            .addSubscriptions(subscriptions())
            .send()
            .whenComplete(
                (subscribed, failure) -> {
                  if (failure == null) {
                    LOG.info("Takes messages from {}", endpoint.getBrokerUrl());
                  } else if (!over) {
                    LOG.warn(
                        "{} does not let the hub subscribe: {}",
                        endpoint.getBrokerUrl(),
                        failure.getMessage());
                  }
                });
  }

  private List<Mqtt5Subscription> subscriptions() {
    String share = endpoint.getShare();
    MqttQos qos = MqttQos.fromCode(endpoint.getQos());
    return Arrays.stream(endpoint.getTopicFilters().split(","))
        .map(filter -> share == null ? filter : "$share/" + share + "/" + filter)
        .map(filter -> Mqtt5Subscription.builder().topicFilter(filter).qos(qos).build())
        .toList();
  }

  private void disconnected(MqttClientDisconnectedContext context) {
    if (!over) {
      cause = context.getCause();
    }
    over = true;
  }

  /** Whether the broker has taken the connection and it has not ended. */
  boolean isOpen() {
    return open && !over;
  }

  boolean isOver() {
    return over;
  }

  /** Why it ended by itself; null while it has not. */
  @Nullable Throwable cause() {
    return cause;
  }

  /** Whether another client with the same id has the session now (MQTT 5.0, 3.1.4). */
  boolean wasTakenOver() {
    return endedFor(Mqtt5DisconnectReasonCode.SESSION_TAKEN_OVER);
  }

  /** Whether the broker has sent more at once than it was told it may. */
  boolean wasFlooded() {
    return endedFor(Mqtt5DisconnectReasonCode.RECEIVE_MAXIMUM_EXCEEDED);
  }

  private boolean endedFor(Mqtt5DisconnectReasonCode reason) {
    return cause instanceof Mqtt5DisconnectException ended
        && ended.getMqttMessage().getReasonCode() == reason;
  }

  long ageNanos() {
    return System.nanoTime() - began;
  }

  /** Nothing is acknowledged any more once the connection is over. */
  void acknowledge(Mqtt5Publish publish) {
    if (over) {
      return;
    }
    try {
      publish.acknowledge();
    } catch (IllegalStateException e) {
      LOG.debug("Acknowledged twice: {}", e.getMessage());
    }
  }

  /** Ends the connection, not the session: the broker keeps what is not acknowledged. */
  void drop() {
    over = true;
    var unused = client.disconnect().exceptionally(notConnected -> null);
  }
}
