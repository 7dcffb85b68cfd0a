package io.caravanhub.hub.broker;

import com.hivemq.extension.sdk.api.ExtensionMain;
import com.hivemq.extension.sdk.api.async.Async;
import com.hivemq.extension.sdk.api.async.TimeoutFallback;
import com.hivemq.extension.sdk.api.auth.SimpleAuthenticator;
import com.hivemq.extension.sdk.api.auth.parameter.SimpleAuthInput;
import com.hivemq.extension.sdk.api.auth.parameter.SimpleAuthOutput;
import com.hivemq.extension.sdk.api.auth.parameter.TopicPermission;
import com.hivemq.extension.sdk.api.packets.connect.ConnackReasonCode;
import com.hivemq.extension.sdk.api.packets.connect.ConnectPacket;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartInput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartOutput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStopInput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStopOutput;
import com.hivemq.extension.sdk.api.services.Services;
import com.hivemq.extension.sdk.api.services.builder.Builders;
import io.caravanhub.hub.security.HubPrincipal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the hub adds to HiveMQ, which without it lets everybody do everything: users, rights, and
 * the way into the routes.
 */
final class BrokerExtension implements ExtensionMain, SimpleAuthenticator {
  private static final Logger LOG = LoggerFactory.getLogger(BrokerExtension.class);

  /** Attribute of a connection: tenant, role and subject of its user, separated by spaces. */
  private static final String CALLER = "hub-caller";

  /** Of its own, because HiveMQ's belongs to whichever broker of this process started last. */
  private final ExecutorService logins =
      Executors.newFixedThreadPool(
          4,
          task -> {
            Thread thread = new Thread(task, "broker-login");
            thread.setDaemon(true);
            return thread;
          });

  private final Gatekeeper gatekeeper;
  private final TelemetryInterceptor interceptor;

  BrokerExtension(Gatekeeper gatekeeper, TelemetryInterceptor interceptor) {
    this.gatekeeper = gatekeeper;
    this.interceptor = interceptor;
  }

  @Override
  public void extensionStart(ExtensionStartInput input, ExtensionStartOutput output) {
    Services.securityRegistry().setAuthenticatorProvider(provider -> this);
    Services.initializerRegistry()
        .setClientInitializer(
            (client, context) -> {
              if (caller(client.getConnectionInformation())
                  .filter(c -> c.is("gateway"))
                  .isEmpty()) {
                context.addPublishInboundInterceptor(interceptor);
                return;
              }
              GatewayInterceptor gateway = interceptor.forGateway();
              context.addPublishInboundInterceptor(gateway);
              context.addPubackOutboundInterceptor(gateway);
            });
  }

  @Override
  public void extensionStop(ExtensionStopInput input, ExtensionStopOutput output) {
    logins.shutdownNow();
  }

  @Override
  public void onConnect(SimpleAuthInput input, SimpleAuthOutput output) {
    Async<SimpleAuthOutput> answer =
        output.async(
            Duration.ofSeconds(10), TimeoutFallback.FAILURE, ConnackReasonCode.SERVER_UNAVAILABLE);
    logins.execute(
        () -> {
          try {
            decide(input, output);
          } catch (RuntimeException e) {
            LOG.warn("A connection could not be checked: {}", e.getMessage());
            output.failAuthentication(ConnackReasonCode.SERVER_UNAVAILABLE);
          } finally {
            answer.resume();
          }
        });
  }

  private void decide(SimpleAuthInput input, SimpleAuthOutput output) {
    ConnectPacket connect = input.getConnectPacket();
    String user = connect.getUserName().orElse("");
    String password =
        connect.getPassword().map(p -> StandardCharsets.UTF_8.decode(p).toString()).orElse("");
    Optional<HubPrincipal> caller = gatekeeper.admit(user, password);
    if (caller.isEmpty()) {
      LOG.info(
          "Refused an MQTT connection of \"{}\": wrong user name or token",
          user.replaceAll("\\p{Cntrl}", "?"));
      output.failAuthentication(ConnackReasonCode.BAD_USER_NAME_OR_PASSWORD);
      return;
    }
    HubPrincipal principal = caller.get();
    input
        .getConnectionInformation()
        .getConnectionAttributeStore()
        .putAsString(
            CALLER, principal.tenant() + " " + principal.role() + " " + principal.subject());
    String own =
        "t/"
            + principal.tenant()
            + (principal.role().equals("device")
                ? "/d/" + user
                : principal.role().equals("gateway") ? "/g/" + user : "");
    output.getDefaultPermissions().add(permission(own + "/#", TopicPermission.MqttActivity.ALL));
    output.authenticateSuccessfully();
  }

  private static TopicPermission permission(String filter, TopicPermission.MqttActivity activity) {
    return Builders.topicPermission()
        .topicFilter(filter)
        .activity(activity)
        .type(TopicPermission.PermissionType.ALLOW)
        .build();
  }

  /** The user of a connection, as {@link #onConnect} left it there. */
  static Optional<HubPrincipal> caller(
      com.hivemq.extension.sdk.api.client.parameter.ConnectionInformation connection) {
    return connection
        .getConnectionAttributeStore()
        .getAsString(CALLER)
        .map(text -> text.split(" ", 3))
        .map(parts -> new HubPrincipal(parts[0], parts[1], parts[2]));
  }
}
