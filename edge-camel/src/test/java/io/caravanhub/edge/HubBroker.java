package io.caravanhub.edge;

import com.hivemq.client.mqtt.MqttClient;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.embedded.EmbeddedExtension;
import com.hivemq.embedded.EmbeddedHiveMQ;
import com.hivemq.extension.sdk.api.ExtensionMain;
import com.hivemq.extension.sdk.api.interceptor.publish.PublishInboundInterceptor;
import com.hivemq.extension.sdk.api.packets.publish.AckReasonCode;
import com.hivemq.extension.sdk.api.packets.publish.PublishPacket;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartInput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartOutput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStopInput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStopOutput;
import com.hivemq.extension.sdk.api.services.Services;
import com.hivemq.extension.sdk.api.services.builder.Builders;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A real MQTT broker that hands what is published to a test, which says how it is answered. */
public final class HubBroker implements AutoCloseable, ExtensionMain {
  /** Takes a publish, perhaps slowly. */
  public interface Taker {
    /** Returns how it is answered; an error code reaches nobody else. */
    AckReasonCode take(String topic, byte[] payload);
  }

  private final Taker taker;
  private final EmbeddedHiveMQ hivemq;
  private final Mqtt5AsyncClient publisher;

  public HubBroker(Path folder, int port, Taker taker) throws Exception {
    this.taker = taker;
    for (String name : List.of("conf", "data", "extensions")) {
      Files.createDirectories(folder.resolve(name));
    }
    Files.writeString(
        folder.resolve("conf/config.xml"),
        """
        <?xml version="1.0" encoding="UTF-8" ?>
        <hivemq>
          <listeners>
            <tcp-listener><port>%d</port><bind-address>127.0.0.1</bind-address></tcp-listener>
          </listeners>
          <persistence><mode>in-memory</mode></persistence>
          <anonymous-usage-statistics><enabled>false</enabled></anonymous-usage-statistics>
        </hivemq>
        """
            .formatted(port));
    hivemq =
        EmbeddedHiveMQ.builder()
            .withConfigurationFolder(folder.resolve("conf"))
            .withDataFolder(folder.resolve("data"))
            .withExtensionsFolder(folder.resolve("extensions"))
            .withEmbeddedExtension(
                EmbeddedExtension.builder()
                    .withId("test")
                    .withName("test")
                    .withVersion("1")
                    .withAuthor("test")
                    .withPriority(0)
                    .withStartPriority(1000)
                    .withExtensionMain(this)
                    .build())
            .withoutLoggingBootstrap()
            .build();
    hivemq.start().get();
    publisher = MqttClient.builder().useMqttVersion5().serverPort(port).buildAsync();
    publisher.connect().get(60, TimeUnit.SECONDS);
  }

  @Override
  public void extensionStart(ExtensionStartInput input, ExtensionStartOutput output) {
    Services.securityRegistry()
        .setAuthenticatorProvider(
            provider ->
                (com.hivemq.extension.sdk.api.auth.SimpleAuthenticator)
                    (in, out) -> {
                      out.getDefaultPermissions()
                          .add(Builders.topicPermission().topicFilter("#").build());
                      out.authenticateSuccessfully();
                    });
    PublishInboundInterceptor interceptor =
        (in, out) -> {
          PublishPacket packet = in.getPublishPacket();
          ByteBuffer payload = packet.getPayload().orElse(ByteBuffer.allocate(0));
          byte[] bytes = new byte[payload.remaining()];
          payload.get(bytes);
          AckReasonCode answer = taker.take(packet.getTopic(), bytes);
          if (answer != AckReasonCode.SUCCESS) {
            out.preventPublishDelivery(answer);
          }
        };
    Services.initializerRegistry()
        .setClientInitializer(
            (client, context) -> context.addPublishInboundInterceptor(interceptor));
  }

  /** Publishes as the hub does; {@code Services} knows only one broker of a process. */
  public void publish(String topic, byte[] payload) {
    var unused =
        publisher.publishWith().topic(topic).qos(MqttQos.AT_LEAST_ONCE).payload(payload).send();
  }

  @Override
  public void extensionStop(ExtensionStopInput input, ExtensionStopOutput output) {}

  @Override
  public void close() throws Exception {
    publisher.disconnect().get(60, TimeUnit.SECONDS);
    hivemq.stop().get();
  }
}
