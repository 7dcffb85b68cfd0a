package io.caravanhub.hub.broker;

import com.hivemq.extension.sdk.api.ExtensionMain;
import com.hivemq.extension.sdk.api.async.Async;
import com.hivemq.extension.sdk.api.async.TimeoutFallback;
import com.hivemq.extension.sdk.api.auth.SimpleAuthenticator;
import com.hivemq.extension.sdk.api.auth.parameter.SimpleAuthInput;
import com.hivemq.extension.sdk.api.auth.parameter.SimpleAuthOutput;
import com.hivemq.extension.sdk.api.client.ClientContext;
import com.hivemq.extension.sdk.api.client.parameter.ClientTlsInformation;
import com.hivemq.extension.sdk.api.client.parameter.ConnectionInformation;
import com.hivemq.extension.sdk.api.client.parameter.InitializerInput;
import com.hivemq.extension.sdk.api.packets.connect.ConnackReasonCode;
import com.hivemq.extension.sdk.api.packets.connect.ConnectPacket;
import com.hivemq.extension.sdk.api.packets.connect.WillPublishPacket;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartInput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartOutput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStopInput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStopOutput;
import com.hivemq.extension.sdk.api.services.Services;
import io.caravanhub.hub.security.HubPrincipal;
import io.netty.channel.Channel;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the hub adds to HiveMQ, which without it lets everybody do everything: users, rights, and
 * the way into the routes.
 */
final class BrokerExtension implements ExtensionMain, SimpleAuthenticator {
  private static final Logger LOG = LoggerFactory.getLogger(BrokerExtension.class);

  /** Attribute of a connection: tenant, role and subject of its user, separated by spaces. */
  static final String CALLER = "hub-caller";

  /** How long a client waits to hear whether it may connect. */
  private static final Duration LOGIN_TIME = Duration.ofSeconds(10);

  /** Of its own, because HiveMQ's belongs to whichever broker of this process started last. */
  private final ExecutorService logins =
      Executors.newFixedThreadPool(
          4,
          task -> {
            Thread thread = new Thread(task, "broker-login");
            thread.setDaemon(true);
            return thread;
          });

  private final RefusalLog refusals = new RefusalLog(LOG);
  private final Gatekeeper gatekeeper;
  private final TelemetryInterceptor interceptor;
  private final EmbeddedBroker broker;
  private final @Nullable SecurePort secure;
  private volatile @Nullable OpenSessions sessions;

  BrokerExtension(
      Gatekeeper gatekeeper,
      TelemetryInterceptor interceptor,
      EmbeddedBroker broker,
      @Nullable SecurePort secure) {
    this.gatekeeper = gatekeeper;
    this.interceptor = interceptor;
    this.broker = broker;
    this.secure = secure;
  }

  @Override
  public void extensionStart(ExtensionStartInput input, ExtensionStartOutput output) {
    OpenSessions open = new OpenSessions();
    SessionEnds ends = new SessionEnds(open, broker);
    sessions = open;
    Services.eventRegistry().setClientLifecycleEventListener(client -> ends);
    Services.securityRegistry().setAuthenticatorProvider(provider -> this);
    Services.initializerRegistry().setClientInitializer(this::prepare);
  }

  /**
   * Before a client is told that it is connected. HiveMQ lets it in whatever becomes of this, and
   * acknowledges by itself what no interceptor has taken: so the interceptors come first.
   */
  private void prepare(InitializerInput client, ClientContext context) {
    ConnectionInformation connection = client.getConnectionInformation();
    PipelinedPublishes pipelined = interceptor.pipelined();
    if (caller(connection).filter(c -> c.is("gateway")).isPresent()) {
      context.addPublishInboundInterceptor(pipelined);
      context.addPubackOutboundInterceptor(pipelined);
    } else {
      context.addPublishInboundInterceptor(new BacklogInterceptor(interceptor, pipelined, context));
    }
    String id = client.getClientInformation().getClientId();
    try {
      Optional<Channel> channel = broker.channel(id, connection);
      channel.ifPresentOrElse(it -> watch(it, id, pipelined), pipelined::ended);
    } catch (RuntimeException e) {
      LOG.error("The connection of {} is not found and is closed", id, e);
      var unused = sessions().disconnect(id);
    }
  }

  private static void watch(Channel channel, String id, PipelinedPublishes pipelined) {
    channel.closeFuture().addListener(closed -> pipelined.ended());
    try {
      AnsweredIds.watch(channel);
    } catch (RuntimeException e) {
      LOG.error("The connection of {} cannot be watched and is closed", id, e);
      var unused = channel.close();
    }
  }

  @Override
  public void extensionStop(ExtensionStopInput input, ExtensionStopOutput output) {
    logins.shutdownNow();
  }

  @Override
  public void onConnect(SimpleAuthInput input, SimpleAuthOutput output) {
    if (!broker.isServing()) {
      output.failAuthentication(
          ConnackReasonCode.SERVER_UNAVAILABLE, "the hub starts or stops, try again");
      return;
    }
    Async<SimpleAuthOutput> answer =
        output.async(LOGIN_TIME, TimeoutFallback.FAILURE, ConnackReasonCode.SERVER_UNAVAILABLE);
    logins.execute(() -> inTime(answer, () -> login(input, output, answer), () -> tooLate(input)));
  }

  /**
   * Decides a login for which the client still waits, and undoes what was decided too late: a
   * client that was refused meanwhile has no session here.
   */
  static void inTime(Async<?> answer, Runnable decide, Runnable undo) {
    try {
      if (isWaitedFor(answer)) {
        decide.run();
      }
    } finally {
      answer.resume();
      if (answer.getStatus() == Async.Status.CANCELED) {
        undo.run();
      }
    }
  }

  private void login(SimpleAuthInput input, SimpleAuthOutput output, Async<?> answer) {
    try {
      decide(input, output);
    } catch (RuntimeException e) {
      if (isWaitedFor(answer)) {
        LOG.warn("A connection could not be checked: {}", e.getMessage());
        gatekeeper.refused();
        output.failAuthentication(ConnackReasonCode.SERVER_UNAVAILABLE);
      }
    }
  }

  private void tooLate(SimpleAuthInput input) {
    gatekeeper.refused();
    refusals.say(
        "Refused an MQTT connection of \"{}\": its user was not looked up in time",
        input.getConnectPacket().getUserName().orElse(""));
    var unused = sessions().remove(input.getConnectionInformation());
  }

  private static boolean isWaitedFor(Async<?> answer) {
    return answer.getStatus() == Async.Status.RUNNING;
  }

  private void decide(SimpleAuthInput input, SimpleAuthOutput output) {
    ConnectPacket connect = input.getConnectPacket();
    ConnectionInformation connection = input.getConnectionInformation();
    Optional<HubPrincipal> caller = caller(connect, connection);
    String user =
        connect
            .getUserName()
            .filter(name -> !name.isEmpty())
            .orElse(caller.map(HubPrincipal::subject).orElse(""));
    if (caller.isEmpty()) {
      refusals.say("Refused an MQTT connection of \"{}\": wrong user name or token", user);
      output.failAuthentication(ConnackReasonCode.BAD_USER_NAME_OR_PASSWORD);
      return;
    }
    HubPrincipal principal = caller.get();
    Optional<WillPublishPacket> packet = connect.getWillPublish();
    Optional<EmbeddedBroker.Publish> will = packet.flatMap(w -> will(principal, w));
    if (packet.isPresent() && will.isEmpty()) {
      refusals.say("Refused an MQTT connection of \"{}\": its will is not on its topic", user);
      output.failAuthentication(ConnackReasonCode.NOT_AUTHORIZED, "the will's topic is not yours");
      return;
    }
    Optional<ClientIds.Claim> claim = sessions().claim(connect.getClientId(), principal);
    if (claim.isEmpty()) {
      gatekeeper.refused();
      refusals.say("Refused an MQTT connection of \"{}\": another has its client id", user);
      output.failAuthentication(
          ConnackReasonCode.CLIENT_IDENTIFIER_NOT_VALID, "this client id is in use");
      return;
    }
    connection
        .getConnectionAttributeStore()
        .putAsString(
            CALLER, principal.tenant() + " " + principal.role() + " " + principal.subject());
    sessions()
        .add(
            new OpenSessions.Session(
                connect.getClientId(),
                user,
                principal,
                connection,
                claim.get(),
                will.orElse(null)));
    // Revoked between the look-up and the line above: nobody would have closed it.
    if (caller(connect, connection).isEmpty()) {
      sessions().remove(connection);
      output.failAuthentication(ConnackReasonCode.BAD_USER_NAME_OR_PASSWORD);
      return;
    }
    output.getDefaultPermissions().addAll(Permissions.of(principal, user));
    output.authenticateSuccessfully();
  }

  /** By token when there is one, by certificate otherwise. */
  private Optional<HubPrincipal> caller(ConnectPacket connect, ConnectionInformation connection) {
    String user = connect.getUserName().orElse("");
    String password =
        connect.getPassword().map(p -> StandardCharsets.UTF_8.decode(p).toString()).orElse("");
    if (password.isEmpty() && secure != null) {
      return connection
          .getClientTlsInformation()
          .flatMap(ClientTlsInformation::getClientCertificate)
          .flatMap(secure.holders())
          .filter(holder -> gatekeeper.admits(holder, user));
    }
    String from = connection.getInetAddress().map(InetAddress::getHostAddress).orElse("");
    return gatekeeper.admit(user, password, from);
  }

  private Optional<EmbeddedBroker.Publish> will(HubPrincipal principal, WillPublishPacket will) {
    return gatekeeper
        .speaksFor(principal, will.getTopic().split("/", -1))
        .map(
            device ->
                new EmbeddedBroker.Publish(
                    will.getTopic(), principal.tenant(), device, TelemetryInterceptor.bytes(will)));
  }

  /** Who is connected; there while the extension runs. */
  OpenSessions sessions() {
    return Objects.requireNonNull(sessions, "the broker has not started");
  }

  /** The user of a connection, as {@link #onConnect} left it there. */
  static Optional<HubPrincipal> caller(ConnectionInformation connection) {
    return connection
        .getConnectionAttributeStore()
        .getAsString(CALLER)
        .map(text -> text.split(" ", 3))
        .map(parts -> new HubPrincipal(parts[0], parts[1], parts[2]));
  }
}
