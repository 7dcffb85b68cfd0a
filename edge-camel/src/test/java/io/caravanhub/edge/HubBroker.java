package io.caravanhub.edge;

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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A real MQTT broker that keeps what is published and, as the hub does, may answer "not now". */
final class HubBroker implements AutoCloseable, ExtensionMain {
  /** One publish. */
  record Published(String topic, String payload, int qos) {}

  final List<Published> accepted = new CopyOnWriteArrayList<>();
  final List<Published> refused = new CopyOnWriteArrayList<>();
  volatile boolean refuses;
  private final EmbeddedHiveMQ hivemq;

  HubBroker(Path folder, int port) throws Exception {
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
          Published published = published(in.getPublishPacket());
          if (refuses) {
            refused.add(published);
            out.preventPublishDelivery(AckReasonCode.IMPLEMENTATION_SPECIFIC_ERROR);
          } else {
            accepted.add(published);
          }
        };
    Services.initializerRegistry()
        .setClientInitializer(
            (client, context) -> context.addPublishInboundInterceptor(interceptor));
  }

  private static Published published(PublishPacket packet) {
    ByteBuffer payload = packet.getPayload().orElse(ByteBuffer.allocate(0));
    return new Published(
        packet.getTopic(),
        StandardCharsets.UTF_8.decode(payload).toString(),
        packet.getQos().getQosNumber());
  }

  @Override
  public void extensionStop(ExtensionStopInput input, ExtensionStopOutput output) {}

  @Override
  public void close() throws Exception {
    hivemq.stop().get();
  }
}
