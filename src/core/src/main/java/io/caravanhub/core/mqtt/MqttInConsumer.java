package io.caravanhub.core.mqtt;

import com.hivemq.client.mqtt.MqttClientState;
import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.lifecycle.MqttClientDisconnectedContext;
import com.hivemq.client.mqtt.lifecycle.MqttDisconnectSource;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import com.hivemq.client.mqtt.mqtt5.message.subscribe.Mqtt5Subscription;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.support.DefaultConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns each message into an exchange and acknowledges it when that is done. A failed one is kept
 * in hand and tried again; when the connection ends, what is in hand is dropped, because the broker
 * delivers everything unacknowledged anew. Connects again by itself.
 */
public class MqttInConsumer extends DefaultConsumer {
  private static final Logger LOG = LoggerFactory.getLogger(MqttInConsumer.class);
  private static final Duration SAID = Duration.ofSeconds(10);

  private final MqttInEndpoint endpoint;

  /** Counts the connections; what was delivered over an earlier one is not tried again. */
  private final AtomicLong connection = new AtomicLong();

  private final AtomicLong said = new AtomicLong(System.nanoTime() - SAID.toNanos());
  private volatile @Nullable Mqtt5AsyncClient client;
  private @Nullable ScheduledExecutorService retries;

  public MqttInConsumer(MqttInEndpoint endpoint, Processor processor) {
    super(endpoint, processor);
    this.endpoint = endpoint;
  }

  @Override
  protected void doStart() throws Exception {
    super.doStart();
    retries =
        getEndpoint()
            .getCamelContext()
            .getExecutorServiceManager()
            .newSingleThreadScheduledExecutor(this, "mqtt-in-retry");
    Mqtt5AsyncClient fresh =
        BrokerLink.client(endpoint, getRouteId(), this::connected, this::disconnected);
    client = fresh;
    // Before the connection: a session that goes on delivers at once.
    fresh.publishes(MqttGlobalPublishFilter.ALL, this::take, true);
    ((MqttInComponent) endpoint.getComponent()).started(this);
    var unused =
        fresh
            .connectWith()
            .cleanStart(false)
            .sessionExpiryInterval(endpoint.getSessionExpiryInterval())
            .keepAlive(20)
            .restrictions()
            .receiveMaximum(endpoint.getInFlight())
            .applyRestrictions()
            .send()
            .exceptionally(triedAgainByItself -> null);
  }

  @Override
  protected void doStop() throws Exception {
    ((MqttInComponent) endpoint.getComponent()).stopped(this);
    connection.incrementAndGet();
    Mqtt5AsyncClient old = client;
    client = null;
    if (old != null) {
      var unused = old.disconnect().exceptionally(notConnected -> null);
    }
    if (retries != null) {
      getEndpoint().getCamelContext().getExecutorServiceManager().shutdownNow(retries);
    }
    super.doStop();
  }

  private void connected() {
    connection.incrementAndGet();
    Mqtt5AsyncClient current = client;
    if (current == null) {
      return;
    }
    var unused =
        current
            .subscribeWith()
            .addSubscriptions(subscriptions())
            .send()
            .whenComplete(
                (subscribed, failure) -> {
                  if (failure == null) {
                    LOG.info("Takes messages from {}", endpoint.getBrokerUrl());
                  } else {
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
    connection.incrementAndGet();
    if (context.getSource() != MqttDisconnectSource.USER
        && context.getReconnector().getAttempts() <= 1) {
      LOG.warn("No connection to {}: {}", endpoint.getBrokerUrl(), context.getCause().getMessage());
    }
  }

  private void take(Mqtt5Publish publish) {
    run(publish, connection.get());
  }

  private void run(Mqtt5Publish publish, long over) {
    if (connection.get() != over || !isRunAllowed()) {
      return;
    }
    Exchange exchange = createExchange(false);
    exchange.getMessage().setBody(publish.getPayloadAsBytes());
    exchange.getMessage().setHeader(MqttInConstants.TOPIC, publish.getTopic().toString());
    getAsyncProcessor()
        .process(
            exchange,
            sync -> {
              Exception failure = exchange.getException();
              releaseExchange(exchange, false);
              if (failure == null) {
                acknowledge(publish);
              } else {
                failed(publish, over, failure);
              }
            });
  }

  private static void acknowledge(Mqtt5Publish publish) {
    try {
      publish.acknowledge();
    } catch (IllegalStateException e) {
      LOG.debug("Acknowledged twice: {}", e.getMessage());
    }
  }

  private void failed(Mqtt5Publish publish, long over, Exception failure) {
    long now = System.nanoTime();
    long before = said.get();
    if (now - before >= SAID.toNanos() && said.compareAndSet(before, now)) {
      LOG.warn("Messages are held back and tried again: {}", failure.getMessage());
    }
    ScheduledExecutorService executor = retries;
    if (executor != null && !executor.isShutdown()) {
      var unused =
          executor.schedule(
              () -> run(publish, over), endpoint.getRetryMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /** Whether the broker can be reached now. */
  public boolean isConnected() {
    Mqtt5AsyncClient current = client;
    return current != null && current.getState() == MqttClientState.CONNECTED;
  }

  boolean publish(String topic, byte[] payload) {
    Mqtt5AsyncClient current = client;
    if (current == null || current.getState() != MqttClientState.CONNECTED) {
      return false;
    }
    var unused = current.publishWith().topic(topic).payload(payload).send();
    return true;
  }
}
