package io.caravanhub.edge.uplink;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.MqttClientSslConfig;
import com.hivemq.client.mqtt.MqttClientTransportConfig;
import com.hivemq.client.mqtt.MqttClientTransportConfigBuilder;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.exceptions.Mqtt5PubAckException;
import com.hivemq.client.mqtt.mqtt5.message.auth.Mqtt5SimpleAuth;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PublishResult;
import com.hivemq.client.mqtt.mqtt5.message.publish.puback.Mqtt5PubAckReasonCode;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * MQTT 5 with QoS 1. Each connection begins a clean session: what the client would send again by
 * itself the spool sends again, and a message of an old connection never overtakes.
 */
final class MqttWay implements HubWay {
  private static final Logger LOG = LoggerFactory.getLogger(MqttWay.class);

  /**
   * The hub answers that an error is unspecified, or ends the connection; the others are MQTT's.
   */
  private static final Set<Mqtt5PubAckReasonCode> OF_THIS =
      Set.of(
          Mqtt5PubAckReasonCode.UNSPECIFIED_ERROR,
          Mqtt5PubAckReasonCode.PAYLOAD_FORMAT_INVALID,
          Mqtt5PubAckReasonCode.IMPLEMENTATION_SPECIFIC_ERROR);

  /** What a packet has beside topic and payload, at most. */
  private static final int AROUND = 64;

  private final HubSettings settings;
  private final UplinkTimes times;
  private final Mqtt5AsyncClient client;
  private final Map<String, Consumer<byte[]>> listeners;
  private volatile int maxPacket = Integer.MAX_VALUE;
  private final Map<String, CompletableFuture<byte[]>> asked = new ConcurrentHashMap<>();

  /**
   * @param listeners channel to who takes what the hub publishes there
   * @param lost told when the connection ends
   */
  MqttWay(
      HubSettings settings,
      UplinkTimes times,
      Map<String, Consumer<byte[]>> listeners,
      Consumer<Throwable> lost) {
    this.settings = settings;
    this.times = times;
    this.listeners = listeners;
    this.client = client(settings, times, lost);
  }

  private static Mqtt5AsyncClient client(
      HubSettings settings, UplinkTimes times, Consumer<Throwable> lost) {
    URI url = Objects.requireNonNull(settings.mqtt());
    boolean secure = !"tcp".equals(url.getScheme());
    MqttClientTransportConfigBuilder transport =
        MqttClientTransportConfig.builder()
            .serverHost(url.getHost())
            .serverPort(url.getPort() > 0 ? url.getPort() : secure ? 8883 : 1883)
            .socketConnectTimeout(times.answer().toMillis() / 2, TimeUnit.MILLISECONDS)
            .mqttConnectTimeout(times.answer().toMillis() / 2, TimeUnit.MILLISECONDS);
    if (secure) {
      transport =
          transport.sslConfig(
              MqttClientSslConfig.builder()
                  .trustManagerFactory(HubTrust.trust(settings))
                  .keyManagerFactory(HubTrust.identity(settings))
                  .build());
    }
    return MqttClient.builder()
        .useMqttVersion5()
        .identifier(settings.gateway())
        .transportConfig(transport.build())
        .addDisconnectedListener(context -> lost.accept(context.getCause()))
        .simpleAuth(login(settings))
        .buildAsync();
  }

  private static Mqtt5SimpleAuth login(HubSettings settings) {
    String token = settings.token();
    return token == null
        ? Mqtt5SimpleAuth.builder().username(settings.user()).build()
        : Mqtt5SimpleAuth.builder()
            .username(settings.user())
            .password(token.getBytes(StandardCharsets.UTF_8))
            .build();
  }

  @Override
  public String name() {
    return "mqtt";
  }

  @Override
  public CompletableFuture<Void> connect() {
    return client
        .connectWith()
        .cleanStart(true)
        .keepAlive((int) Math.max(1, times.keepAlive().toSeconds()))
        .send()
        .thenCompose(
            connected -> {
              maxPacket = connected.getRestrictions().getMaximumPacketSize();
              return subscribe("clock/answer", this::answered);
            })
        .thenAccept(
            subscribed ->
                listeners.forEach(
                    (channel, taker) -> {
                      var unused =
                          subscribe(channel, taker)
                              .exceptionally(
                                  refused -> {
                                    LOG.warn("The hub refuses channel {}: {}", channel, refused);
                                    return null;
                                  });
                    }));
  }

  CompletableFuture<Void> subscribe(String channel, Consumer<byte[]> taker) {
    return client
        .subscribeWith()
        .topicFilter(topic(channel))
        .qos(MqttQos.AT_LEAST_ONCE)
        .callback(publish -> take(channel, publish, taker))
        .send()
        .thenAccept(subscribed -> {});
  }

  private static void take(String channel, Mqtt5Publish publish, Consumer<byte[]> taker) {
    try {
      taker.accept(publish.getPayloadAsBytes());
    } catch (RuntimeException e) {
      LOG.warn("What the hub said on {} cannot be used: {}", channel, e.toString());
    }
  }

  private void answered(byte[] answer) {
    CompletableFuture<byte[]> waiting = asked.remove("clock");
    if (waiting != null) {
      waiting.complete(answer);
    }
  }

  @Override
  public CompletableFuture<Void> send(String channel, byte[] body) {
    if (body.length + topic(channel).length() + AROUND > maxPacket) {
      return CompletableFuture.failedFuture(
          new NotNowException(
              body.length + " bytes, and the hub's broker takes " + maxPacket, null, true));
    }
    return client
        .publishWith()
        .topic(topic(channel))
        .qos(MqttQos.AT_LEAST_ONCE)
        .payload(body)
        .send()
        .handle(MqttWay::ended);
  }

  @SuppressWarnings("NullAway") // a Void future ends with null
  private static Void ended(Mqtt5PublishResult result, Throwable failure) {
    Throwable error = failure != null ? failure : result.getError().orElse(null);
    if (error instanceof Mqtt5PubAckException refused) {
      Mqtt5PubAckReasonCode code = refused.getMqttMessage().getReasonCode();
      throw new NotNowException("the hub answers " + code, null, OF_THIS.contains(code));
    }
    if (error != null) {
      throw new IllegalStateException(error.getMessage(), error);
    }
    return null;
  }

  @Override
  public CompletableFuture<byte[]> ask(String channel, byte[] body) {
    CompletableFuture<byte[]> answer = new CompletableFuture<>();
    asked.put(channel, answer);
    return send(channel, body).thenCompose(sent -> answer);
  }

  private String topic(String channel) {
    return "t/" + settings.tenant() + "/g/" + settings.gateway() + "/" + channel;
  }

  @Override
  public void close() {
    var unused = client.disconnect().exceptionally(notConnected -> null);
  }
}
