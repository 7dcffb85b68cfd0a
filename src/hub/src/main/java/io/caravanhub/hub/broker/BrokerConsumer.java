package io.caravanhub.hub.broker;

import io.caravanhub.core.telemetry.TelemetryHeaders;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.support.DefaultConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Turns each publish into an exchange and tells the broker how it ended. Without an embedded broker
 * it can be made, for a route that stays stopped, but not started.
 */
public class BrokerConsumer extends DefaultConsumer {
  private final @Nullable EmbeddedBroker broker;
  private final TopicFilter filter;

  public BrokerConsumer(
      BrokerEndpoint endpoint, Processor processor, @Nullable EmbeddedBroker broker) {
    super(endpoint, processor);
    this.broker = broker;
    this.filter = new TopicFilter(endpoint.getTopicFilter());
  }

  @Override
  protected void doStart() throws Exception {
    super.doStart();
    if (broker == null) {
      throw new IllegalStateException("there is no embedded broker: HUB_MQTT_URL names another");
    }
    broker.subscribe(filter, this::take);
  }

  @Override
  protected void doStop() throws Exception {
    if (broker != null) {
      broker.unsubscribe(filter);
    }
    super.doStop();
  }

  private CompletableFuture<Void> take(EmbeddedBroker.Publish publish) {
    Exchange exchange = createExchange(false);
    Message message = exchange.getMessage();
    message.setBody(publish.payload());
    message.setHeader(BrokerConstants.TOPIC, publish.topic());
    message.setHeader(TelemetryHeaders.TENANT, publish.tenant());
    message.setHeader(TelemetryHeaders.DEVICE, publish.device());
    message.setHeader(TelemetryHeaders.SOURCE, "mqtt");
    message.setHeader(TelemetryHeaders.RECEIVED, Long.toString(System.currentTimeMillis()));
    CompletableFuture<Void> done = new CompletableFuture<>();
    getAsyncProcessor()
        .process(
            exchange,
            sync -> {
              Exception failure = exchange.getException();
              releaseExchange(exchange, false);
              if (failure == null) {
                done.complete(null);
              } else {
                done.completeExceptionally(failure);
              }
            });
    return done;
  }
}
