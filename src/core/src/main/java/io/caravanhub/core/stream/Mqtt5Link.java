package io.caravanhub.core.stream;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5ClientBuilder;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import com.hivemq.client.mqtt.mqtt5.message.subscribe.Mqtt5Subscription;
import com.hivemq.client.mqtt.mqtt5.message.unsubscribe.Mqtt5Unsubscribe;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A session by MQTT 5. */
final class Mqtt5Link extends MqttLink {
  private static final int IN_FLIGHT = 500;

  private final Mqtt5AsyncClient client;

  Mqtt5Link(
      MqttAddress address, MessageSorter sorter, LinkOptions options, StreamListener listener) {
    super(address, sorter, options, listener);
    Mqtt5ClientBuilder builder = builder().useMqttVersion5();
    byte[] password = bytes(address.password());
    if (!address.user().isEmpty()) {
      var login = builder.simpleAuth().username(address.user());
      builder = (password == null ? login : login.password(password)).applySimpleAuth();
    }
    client = builder.buildAsync();
  }

  @Override
  CompletableFuture<Boolean> connect() {
    client.publishes(MqttGlobalPublishFilter.ALL, this::take, options.threads(), true);
    return client
        .connectWith()
        .cleanStart(!options.durable())
        .sessionExpiryInterval(options.durable() ? address.session().toSeconds() : 0)
        .keepAlive(KEEP_ALIVE_SECONDS)
        .restrictions()
        .receiveMaximum(IN_FLIGHT)
        .applyRestrictions()
        .send()
        .thenApply(ack -> ack.isSessionPresent());
  }

  private void take(Mqtt5Publish publish) {
    take(
        publish.getTopic().toString(),
        publish.getPayloadAsBytes(),
        publish.isRetain(),
        publish.getQos() != MqttQos.AT_MOST_ONCE,
        publish::acknowledge);
  }

  @Override
  CompletableFuture<?> subscribe(List<String> filters) {
    return client
        .subscribeWith()
        .addSubscriptions(
            filters.stream()
                .map(
                    f ->
                        Mqtt5Subscription.builder()
                            .topicFilter(f)
                            .qos(MqttQos.fromCode(address.qos()))
                            .build())
                .toList())
        .send()
        .thenCompose(
            ack ->
                ack.getReasonCodes().stream().anyMatch(c -> c.isError())
                    ? failed("the broker does not let the hub subscribe to all topics")
                    : CompletableFuture.completedFuture(null));
  }

  @Override
  CompletableFuture<?> publish(String topic, String payload) {
    return client
        .publishWith()
        .topic(topic)
        .qos(MqttQos.AT_MOST_ONCE)
        .payload(payload.getBytes(StandardCharsets.UTF_8))
        .send();
  }

  @Override
  CompletableFuture<?> unsubscribe(List<String> filters) {
    var unsubscribe = Mqtt5Unsubscribe.builder().topicFilter(filters.get(0));
    for (String filter : filters.subList(1, filters.size())) {
      unsubscribe = unsubscribe.addTopicFilter(filter);
    }
    return client.unsubscribe(unsubscribe.build());
  }

  @Override
  CompletableFuture<?> disconnect(boolean forget) {
    var disconnect = client.disconnectWith();
    return (forget ? disconnect.sessionExpiryInterval(0) : disconnect)
        .send()
        .exceptionally(notConnected -> null);
  }
}
