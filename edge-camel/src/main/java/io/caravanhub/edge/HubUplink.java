package io.caravanhub.edge;

import com.hivemq.client.mqtt.MqttClientState;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.lifecycle.MqttClientAutoReconnect;
import com.hivemq.client.mqtt.lifecycle.MqttClientDisconnectedContext;
import com.hivemq.client.mqtt.lifecycle.MqttDisconnectSource;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5ClientBuilder;
import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5PublishResult;
import io.caravanhub.core.telemetry.TelemetryHeaders;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.support.AsyncProcessorSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes exchanges to the hub's broker with QoS 1, and ends them well only when the hub's answer
 * says that it has the message. Not camel-paho-mqtt5, which takes an answer with an error code (the
 * hub's way to say that its store is away) for a success, and the message would be lost. Fails at
 * once while there is no connection; connects again by itself.
 */
public final class HubUplink extends AsyncProcessorSupport {
  private static final Logger LOG = LoggerFactory.getLogger(HubUplink.class);
  private static final Duration ANSWER = Duration.ofSeconds(15);

  private final EdgeSettings settings;
  private volatile @Nullable Mqtt5AsyncClient client;

  HubUplink(EdgeSettings settings) {
    this.settings = settings;
  }

  @Override
  protected void doStart() {
    Mqtt5AsyncClient fresh = newClient();
    client = fresh;
    var unused = fresh.connectWith().keepAlive(20).send().exceptionally(triedAgainByItself -> null);
  }

  @Override
  protected void doStop() {
    Mqtt5AsyncClient old = client;
    client = null;
    if (old != null) {
      var unused = old.disconnect().exceptionally(notConnected -> null);
    }
  }

  @Override
  public boolean process(Exchange exchange, AsyncCallback callback) {
    Mqtt5AsyncClient current = client;
    if (current == null || current.getState() != MqttClientState.CONNECTED) {
      exchange.setException(new RuntimeCamelException("there is no connection to the hub"));
      callback.done(true);
      return true;
    }
    var unused =
        current
            .publishWith()
            .topic(topic(exchange))
            .qos(MqttQos.AT_LEAST_ONCE)
            .payload(exchange.getMessage().getBody(byte[].class))
            .send()
            .orTimeout(ANSWER.toMillis(), TimeUnit.MILLISECONDS)
            .whenComplete(
                (result, failure) -> {
                  Throwable error = failure != null ? failure : error(result);
                  if (error != null) {
                    exchange.setException(error);
                  }
                  callback.done(false);
                });
    return false;
  }

  private static void lost(MqttClientDisconnectedContext context) {
    boolean wanted = context.getSource() == MqttDisconnectSource.USER;
    boolean said = context.getReconnector().getAttempts() > 1;
    if (!wanted && !said) {
      LOG.warn("No connection to the hub: {}", context.getCause().getMessage());
    }
  }

  private static @Nullable Throwable error(Mqtt5PublishResult result) {
    return result.getError().orElse(null);
  }

  private String topic(Exchange exchange) {
    return "t/"
        + settings.tenant()
        + "/g/"
        + settings.gateway()
        + "/d/"
        + exchange.getMessage().getHeader(TelemetryHeaders.DEVICE, String.class)
        + "/telemetry";
  }

  private Mqtt5AsyncClient newClient() {
    EdgeSettings.Broker hub = settings.hub();
    URI url = URI.create(hub.url());
    boolean secure = "ssl".equals(url.getScheme());
    Mqtt5ClientBuilder builder =
        com.hivemq.client.mqtt.MqttClient.builder()
            .useMqttVersion5()
            .identifier(settings.gateway())
            .serverHost(url.getHost())
            .serverPort(url.getPort() > 0 ? url.getPort() : secure ? 8883 : 1883)
            .automaticReconnect(
                MqttClientAutoReconnect.builder()
                    .initialDelay(1, TimeUnit.SECONDS)
                    .maxDelay(10, TimeUnit.SECONDS)
                    .build())
            .addConnectedListener(connected -> LOG.info("Connected to the hub at {}", hub.url()))
            .addDisconnectedListener(HubUplink::lost);
    if (secure) {
      builder = builder.sslWithDefaultConfig();
    }
    return builder
        .simpleAuth()
        .username(String.valueOf(hub.user()))
        .password(String.valueOf(hub.token()).getBytes(StandardCharsets.UTF_8))
        .applySimpleAuth()
        .buildAsync();
  }
}
