package io.caravanhub.hub.broker;

import com.hivemq.extension.sdk.api.events.client.ClientLifecycleEventListener;
import com.hivemq.extension.sdk.api.events.client.parameters.AuthenticationSuccessfulInput;
import com.hivemq.extension.sdk.api.events.client.parameters.ClientInitiatedDisconnectInput;
import com.hivemq.extension.sdk.api.events.client.parameters.ConnectionLostInput;
import com.hivemq.extension.sdk.api.events.client.parameters.ConnectionStartInput;
import com.hivemq.extension.sdk.api.events.client.parameters.DisconnectEventInput;
import com.hivemq.extension.sdk.api.events.client.parameters.ServerInitiatedDisconnectInput;
import com.hivemq.extension.sdk.api.packets.general.DisconnectedReasonCode;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices when connections end, and gives their wills to the routes: HiveMQ publishes a will past
 * every interceptor, so that the hub would never see it (MQTT 5.0, 3.1.2.5: a will is published
 * unless the client took its leave with a DISCONNECT of reason 0).
 */
final class SessionEnds implements ClientLifecycleEventListener {
  private static final Logger LOG = LoggerFactory.getLogger(SessionEnds.class);
  private static final Duration PAUSE = Duration.ofSeconds(2);
  private static final int TRIES = 300;

  private final OpenSessions sessions;
  private final EmbeddedBroker broker;

  SessionEnds(OpenSessions sessions, EmbeddedBroker broker) {
    this.sessions = sessions;
    this.broker = broker;
  }

  @Override
  public void onMqttConnectionStart(ConnectionStartInput input) {}

  @Override
  public void onAuthenticationSuccessful(AuthenticationSuccessfulInput input) {
    sessions.closeIfEnded(input.getConnectionInformation());
  }

  @Override
  public void onClientInitiatedDisconnect(ClientInitiatedDisconnectInput input) {
    ended(
        input,
        input
            .getReasonCode()
            .filter(reason -> reason != DisconnectedReasonCode.NORMAL_DISCONNECTION)
            .filter(reason -> reason != DisconnectedReasonCode.SUCCESS)
            .isPresent());
  }

  @Override
  public void onConnectionLost(ConnectionLostInput input) {
    ended(input, true);
  }

  @Override
  public void onServerInitiatedDisconnect(ServerInitiatedDisconnectInput input) {
    ended(
        input,
        input
            .getReasonCode()
            .filter(reason -> reason == DisconnectedReasonCode.SERVER_SHUTTING_DOWN)
            .isEmpty());
  }

  @Override
  public void onDisconnect(DisconnectEventInput input) {
    ended(input, false);
  }

  private void ended(DisconnectEventInput input, boolean will) {
    sessions
        .remove(input.getConnectionInformation())
        .map(OpenSessions.Session::will)
        .filter(publish -> will)
        .ifPresent(publish -> hand(publish, TRIES));
  }

  /** Nobody would send a will again, so that a route that fails is tried for ten minutes. */
  private void hand(EmbeddedBroker.Publish will, int tries) {
    CompletableFuture<Void> taken;
    try {
      taken = broker.dispatch(will.topic().split("/", -1), will);
    } catch (RuntimeException e) {
      taken = CompletableFuture.failedFuture(e);
    }
    var unused =
        taken.exceptionally(
            failure -> {
              if (tries > 1) {
                later(() -> hand(will, tries - 1));
              } else {
                LOG.warn("A will on {} could not be kept: {}", will.topic(), failure.getMessage());
              }
              return null;
            });
  }

  private static void later(Runnable work) {
    Executor delayed = CompletableFuture.delayedExecutor(PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    delayed.execute(work);
  }
}
