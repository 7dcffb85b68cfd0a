package io.caravanhub.hub.broker;

import com.hivemq.extension.sdk.api.client.parameter.ConnectionInformation;
import com.hivemq.extension.sdk.api.packets.disconnect.DisconnectReasonCode;
import com.hivemq.extension.sdk.api.packets.general.Qos;
import com.hivemq.extension.sdk.api.services.Services;
import com.hivemq.extension.sdk.api.services.builder.Builders;
import com.hivemq.extension.sdk.api.services.publish.PublishService;
import com.hivemq.extension.sdk.api.services.session.ClientService;
import io.caravanhub.hub.security.HubPrincipal;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Who is connected, and as whom: to end the sessions of somebody whose rights have ended, and to
 * send a command to one node. HiveMQ knows sessions by client id, which anybody may choose; here
 * they are known by their connection. Thread-safe.
 */
final class OpenSessions implements PipelinedPublishes.Connections {
  /** Attribute of a connection: its key here. */
  private static final String KEY = "hub-session";

  /**
   * A connection that logged in.
   *
   * @param user the name it gave, or the device's id when it showed a certificate alone
   * @param claim its hold on the client id
   * @param will what its will would say, or null
   */
  record Session(
      String clientId,
      String user,
      HubPrincipal principal,
      ConnectionInformation connection,
      ClientIds.Claim claim,
      EmbeddedBroker.@Nullable Publish will) {}

  private final Map<String, Session> sessions = new ConcurrentHashMap<>();
  private final ClientService clients;
  private final ClientIds clientIds;
  private final PublishService publishes;

  /** To be made while the extension starts: the services are those of this broker. */
  OpenSessions() {
    this.clients = Services.clientService();
    this.clientIds = new ClientIds(clients);
    this.publishes = Services.publishService();
  }

  /**
   * Takes a client id; empty when it is in use by somebody else, who would be thrown out and
   * inherited from.
   */
  Optional<ClientIds.Claim> claim(String clientId, HubPrincipal principal) {
    return clientIds.claim(clientId, principal);
  }

  void add(Session session) {
    String key = UUID.randomUUID().toString();
    session.connection.getConnectionAttributeStore().putAsString(KEY, key);
    sessions.put(key, session);
  }

  /** The session of a connection that has ended; there is none when its login failed. */
  Optional<Session> remove(ConnectionInformation connection) {
    return key(connection)
        .flatMap(key -> Optional.ofNullable(sessions.remove(key)))
        .map(
            session -> {
              clientIds.disconnected(session.claim);
              return session;
            });
  }

  /** Closes every session of the subject; what it still sends meanwhile is refused. */
  void end(String tenant, String subject) {
    for (Session session : sessions.values()) {
      if (session.principal.tenant().equals(tenant)
          && session.principal.subject().equals(subject)) {
        session.connection.getConnectionAttributeStore().remove(BrokerExtension.CALLER);
        close(session);
      }
    }
  }

  /** Closes a session whose rights ended while it was being opened. */
  void closeIfEnded(ConnectionInformation connection) {
    key(connection)
        .map(sessions::get)
        .filter(s -> BrokerExtension.caller(connection).isEmpty())
        .ifPresent(this::close);
  }

  private void close(Session session) {
    var unused =
        clients.disconnectClient(
            session.clientId, false, DisconnectReasonCode.NOT_AUTHORIZED, "access revoked");
  }

  @Override
  public CompletableFuture<Boolean> disconnect(String clientId) {
    return clients.disconnectClient(clientId);
  }

  @Override
  public boolean isOpen(ConnectionInformation connection) {
    return key(connection).filter(sessions::containsKey).isPresent();
  }

  void invalidate(String clientId) {
    var unused = clients.invalidateSession(clientId);
  }

  /** Whether both are of one connection, not only of one client id. */
  static boolean isSame(ConnectionInformation one, @Nullable ConnectionInformation other) {
    return other != null && key(one).isPresent() && key(one).equals(key(other));
  }

  private static Optional<String> key(ConnectionInformation connection) {
    return connection.getConnectionAttributeStore().getAsString(KEY);
  }

  /** Sends to the gateway of this tenant that logged in under this name; false when it is away. */
  boolean send(String tenant, String user, String topic, byte[] payload) {
    boolean sent = false;
    for (Session session : sessions.values()) {
      if (session.user.equals(user) && session.principal.tenant().equals(tenant)) {
        var unused =
            publishes.publishToClient(
                Builders.publish()
                    .topic(topic)
                    .qos(Qos.AT_MOST_ONCE)
                    .payload(ByteBuffer.wrap(payload))
                    .build(),
                session.clientId);
        sent = true;
      }
    }
    return sent;
  }
}
