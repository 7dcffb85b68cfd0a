package io.caravanhub.sim.mqtt;

import com.hivemq.embedded.EmbeddedExtension;
import com.hivemq.embedded.EmbeddedHiveMQ;
import com.hivemq.extension.sdk.api.ExtensionMain;
import com.hivemq.extension.sdk.api.auth.SimpleAuthenticator;
import com.hivemq.extension.sdk.api.auth.parameter.SimpleAuthInput;
import com.hivemq.extension.sdk.api.auth.parameter.SimpleAuthOutput;
import com.hivemq.extension.sdk.api.packets.connect.ConnackReasonCode;
import com.hivemq.extension.sdk.api.packets.publish.PublishPacket;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartInput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartOutput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStopInput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStopOutput;
import com.hivemq.extension.sdk.api.services.Services;
import com.hivemq.extension.sdk.api.services.builder.Builders;
import com.hivemq.extension.sdk.api.services.intializer.ClientInitializer;
import io.caravanhub.sim.device.LoopbackPort;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** A HiveMQ broker that knows one token, records what it gets, and can shut its doors. */
public final class RecordingBroker implements AutoCloseable, ExtensionMain, SimpleAuthenticator {
  /** A publish as it arrived. */
  public record Received(String protocol, String user, String topic, int qos, String payload) {}

  public static final String TOKEN = "dev-token";

  public final List<Received> received = new CopyOnWriteArrayList<>();
  public final int port;
  private final EmbeddedHiveMQ hivemq;
  private volatile boolean shut;

  /** A broker that runs, with its files in the folder. */
  public RecordingBroker(Path folder) throws Exception {
    port = LoopbackPort.claim(0);
    for (String name : List.of("conf", "data", "extensions")) {
      Files.createDirectories(folder.resolve(name));
    }
    Files.writeString(
        folder.resolve("conf/config.xml"),
        """
        <hivemq>
          <listeners><tcp-listener><port>%d</port><bind-address>127.0.0.1</bind-address></tcp-listener></listeners>
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
                    .withId("recorder")
                    .withName("recorder")
                    .withVersion("1")
                    .withExtensionMain(this)
                    .build())
            .withoutLoggingBootstrap()
            .build();
    hivemq.start().get(60, TimeUnit.SECONDS);
  }

  /** Throws every client out and lets nobody in. */
  void shut(String... clientIds) {
    shut = true;
    for (String clientId : clientIds) {
      Services.clientService().disconnectClient(clientId).join();
    }
  }

  void open() {
    shut = false;
  }

  @Override
  public void extensionStart(ExtensionStartInput input, ExtensionStartOutput output) {
    Services.securityRegistry().setAuthenticatorProvider(provider -> this);
    ClientInitializer recorder =
        (client, context) ->
            context.addPublishInboundInterceptor(
                (publish, out) -> {
                  PublishPacket packet = publish.getPublishPacket();
                  received.add(
                      new Received(
                          publish.getConnectionInformation().getMqttVersion().name(),
                          publish.getClientInformation().getClientId(),
                          packet.getTopic(),
                          packet.getQos().getQosNumber(),
                          StandardCharsets.UTF_8
                              .decode(packet.getPayload().orElseThrow())
                              .toString()));
                });
    Services.initializerRegistry().setClientInitializer(recorder);
  }

  @Override
  public void onConnect(SimpleAuthInput input, SimpleAuthOutput output) {
    String password =
        input
            .getConnectPacket()
            .getPassword()
            .map(bytes -> StandardCharsets.UTF_8.decode(bytes).toString())
            .orElse("");
    if (shut) {
      output.failAuthentication(ConnackReasonCode.SERVER_UNAVAILABLE);
    } else if (!password.equals(TOKEN)) {
      output.failAuthentication(ConnackReasonCode.BAD_USER_NAME_OR_PASSWORD);
    } else {
      String own = "t/default/d/" + input.getConnectPacket().getUserName().orElseThrow() + "/#";
      output.getDefaultPermissions().add(Builders.topicPermission().topicFilter(own).build());
      output.authenticateSuccessfully();
    }
  }

  @Override
  public void extensionStop(ExtensionStopInput input, ExtensionStopOutput output) {}

  @Override
  public void close() throws Exception {
    hivemq.stop().get(30, TimeUnit.SECONDS);
  }
}
