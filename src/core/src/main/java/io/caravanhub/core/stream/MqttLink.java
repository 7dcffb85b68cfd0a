package io.caravanhub.core.stream;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttClientBuilder;
import com.hivemq.client.mqtt.lifecycle.MqttDisconnectSource;
import io.caravanhub.core.cloud.CloudException;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A session with a broker. It subscribes to what describes devices before it does to the rest, and
 * to nothing again that the session has already, so that what is retained comes once a session and
 * not once a connection.
 */
abstract class MqttLink implements StreamLink {
  /** Messages with QoS 0 in hand at most; no broker keeps those, and memory is finite. */
  private static final int LOOSE = 2_000;

  static final int KEEP_ALIVE_SECONDS = 30;

  final MqttAddress address;
  final LinkOptions options;
  private final MessageSorter sorter;
  private final StreamListener listener;
  private final AtomicBoolean over = new AtomicBoolean();
  private final AtomicInteger loose = new AtomicInteger();

  MqttLink(
      MqttAddress address, MessageSorter sorter, LinkOptions options, StreamListener listener) {
    this.address = address;
    this.sorter = sorter;
    this.options = options;
    this.listener = listener;
  }

  /** Connects, and answers whether the broker had the session. */
  abstract CompletableFuture<Boolean> connect();

  /** Fails when one of the filters is refused. */
  abstract CompletableFuture<?> subscribe(List<String> filters);

  abstract CompletableFuture<?> unsubscribe(List<String> filters);

  abstract CompletableFuture<?> publish(String topic, String payload);

  /**
   * Disconnects.
   *
   * @param forget whether the session ends with the connection
   */
  abstract CompletableFuture<?> disconnect(boolean forget);

  /** What both versions of the protocol have in common. */
  final MqttClientBuilder builder() {
    URI url = address.url();
    MqttClientBuilder builder =
        MqttClient.builder()
            .identifier(address.clientId().isEmpty() ? options.clientId() : address.clientId())
            .serverHost(url.getHost())
            .serverPort(address.port())
            .transportConfig()
            .socketConnectTimeout(options.deadline().toMillis(), TimeUnit.MILLISECONDS)
            .mqttConnectTimeout(options.deadline().toMillis(), TimeUnit.MILLISECONDS)
            .applyTransportConfig()
            .addDisconnectedListener(
                context -> {
                  if (context.getSource() != MqttDisconnectSource.USER) {
                    end(MqttReason.of(context.getCause()));
                  }
                });
    return address.tls() == null ? builder : builder.sslConfig(address.tls());
  }

  @Override
  public final void open() {
    var unused =
        connect()
            .thenCompose(this::subscribe)
            .whenComplete(
                (nothing, failure) -> {
                  if (failure != null) {
                    end(MqttReason.of(failure));
                  }
                });
  }

  private CompletableFuture<?> subscribe(boolean present) {
    List<String> describing = sorter.filters(true);
    List<String> others = sorter.filters(false);
    List<String> all = new ArrayList<>(describing);
    all.addAll(others);
    List<String> before =
        present && !options.subscribed().isEmpty()
            ? Arrays.asList(options.subscribed().split("\n"))
            : List.of();
    boolean gap = !present && !options.subscribed().isEmpty();
    return unsubscribeFrom(without(before, all))
        .thenCompose(done -> subscribeTo(without(describing, before)))
        .thenCompose(done -> subscribeTo(without(others, before)))
        .thenRun(
            () -> options.threads().execute(() -> listener.connected(String.join("\n", all), gap)));
  }

  private static List<String> without(List<String> some, List<String> others) {
    return some.stream().filter(f -> !others.contains(f)).toList();
  }

  private CompletableFuture<?> subscribeTo(List<String> filters) {
    return filters.isEmpty() ? CompletableFuture.completedFuture(null) : subscribe(filters);
  }

  private CompletableFuture<?> unsubscribeFrom(List<String> filters) {
    return filters.isEmpty() ? CompletableFuture.completedFuture(null) : unsubscribe(filters);
  }

  /** Hands a message on; called by the client, one after the other. */
  final void take(
      String topic, byte[] payload, boolean retained, boolean kept, Runnable acknowledge) {
    if (over.get()) {
      return;
    }
    if (!kept && loose.incrementAndGet() > LOOSE) {
      loose.decrementAndGet();
      end(CloudException.unavailable("more messages with QoS 0 than can be stored", null));
      return;
    }
    listener.received(
        new Received(
            topic,
            payload,
            retained,
            Instant.now(),
            () -> {
              if (!kept) {
                loose.decrementAndGet();
              }
              acknowledge(acknowledge);
            }));
  }

  private void acknowledge(Runnable acknowledge) {
    try {
      if (!over.get()) {
        acknowledge.run();
      }
    } catch (IllegalStateException connectionIsOver) {
      // The broker sends it again over the next one, and it is stored once.
    }
  }

  private void end(CloudException why) {
    if (over.compareAndSet(false, true)) {
      var unused = disconnect(false);
      options.threads().execute(() -> listener.ended(why));
    }
  }

  @Override
  public final void close() {
    end(false);
  }

  @Override
  public final void forget() {
    end(true);
  }

  private void end(boolean forget) {
    if (over.compareAndSet(false, true)) {
      var unused = disconnect(forget || !options.durable());
    }
  }

  static <T> CompletableFuture<T> failed(String reason) {
    return CompletableFuture.failedFuture(CloudException.refused(reason));
  }

  static byte @Nullable [] bytes(String text) {
    return text.isEmpty() ? null : text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }
}
