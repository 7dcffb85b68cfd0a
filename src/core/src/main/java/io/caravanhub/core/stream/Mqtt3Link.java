package io.caravanhub.core.stream;

import com.hivemq.client.mqtt.MqttGlobalPublishFilter;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt3.Mqtt3AsyncClient;
import com.hivemq.client.mqtt.mqtt3.Mqtt3ClientBuilder;
import com.hivemq.client.mqtt.mqtt3.message.publish.Mqtt3Publish;
import com.hivemq.client.mqtt.mqtt3.message.subscribe.Mqtt3Subscription;
import com.hivemq.client.mqtt.mqtt3.message.unsubscribe.Mqtt3Unsubscribe;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A session by MQTT 3.1.1, which a broker keeps until it is begun anew. */
final class Mqtt3Link extends MqttLink {
  private final Mqtt3AsyncClient client;

  Mqtt3Link(
      MqttAddress address, MessageSorter sorter, LinkOptions options, StreamListener listener) {
    super(address, sorter, options, listener);
    Mqtt3ClientBuilder builder = builder().useMqttVersion3();
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
        .cleanSession(!options.durable())
        .keepAlive(KEEP_ALIVE_SECONDS)
        .send()
        .thenApply(ack -> ack.isSessionPresent());
  }

  private void take(Mqtt3Publish publish) {
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
                        Mqtt3Subscription.builder()
                            .topicFilter(f)
                            .qos(MqttQos.fromCode(address.qos()))
                            .build())
                .toList())
        .send()
        .thenCompose(
            ack ->
                ack.getReturnCodes().stream().anyMatch(c -> c.isError())
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
    var unsubscribe = Mqtt3Unsubscribe.builder().topicFilter(filters.get(0));
    for (String filter : filters.subList(1, filters.size())) {
      unsubscribe = unsubscribe.addTopicFilter(filter);
    }
    return client.unsubscribe(unsubscribe.build());
  }

  /** This version has no other way to end a session than to begin a clean one. */
  @Override
  CompletableFuture<?> disconnect(boolean forget) {
    CompletableFuture<?> done = client.disconnect().exceptionally(notConnected -> null);
    return forget && options.durable()
        ? done.thenCompose(nothing -> client.connectWith().cleanSession(true).send())
            .thenCompose(nothing -> client.disconnect())
            .exceptionally(notThere -> null)
        : done;
  }
}
