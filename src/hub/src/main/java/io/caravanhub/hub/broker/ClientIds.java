package io.caravanhub.hub.broker;

import com.hivemq.extension.sdk.api.services.session.ClientService;
import com.hivemq.extension.sdk.api.services.session.SessionInformation;
import io.caravanhub.hub.security.HubPrincipal;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;

/**
 * Whose each client id is, for as long as HiveMQ keeps its session: whoever connects under the id
 * of a session that is off line inherits its subscriptions and what is queued for it (MQTT 5.0,
 * 3.1.2.4). Sessions are in memory and end with the broker, as this does. Thread-safe.
 */
final class ClientIds {
  private static final Duration ANSWER = Duration.ofSeconds(5);

  /** HiveMQ ends a session a moment after it tells of the connection's end. */
  private static final long SOON_SECONDS = 2;

  private static final long AGAIN_SECONDS = 60;

  /** One connection's hold on its client id; known by its identity. */
  static final class Claim {
    private final String clientId;
    private final HubPrincipal owner;
    private volatile boolean open = true;

    private Claim(String clientId, HubPrincipal owner) {
      this.clientId = clientId;
      this.owner = owner;
    }
  }

  private final ConcurrentMap<String, Claim> claims = new ConcurrentHashMap<>();
  private final ClientService clients;

  ClientIds(ClientService clients) {
    this.clients = clients;
  }

  /**
   * Takes a client id, which its owner may do again and again.
   *
   * @return empty when it is another's, who is connected or has a session
   * @throws CompletionException when HiveMQ does not say whether there is one
   */
  Optional<Claim> claim(String clientId, HubPrincipal principal) {
    Claim mine = new Claim(clientId, principal);
    while (true) {
      Claim other = claims.putIfAbsent(clientId, mine);
      if (other == null) {
        return Optional.of(mine);
      }
      if (!other.owner.equals(principal) && (other.open || session(clientId).isPresent())) {
        return Optional.empty();
      }
      if (claims.replace(clientId, other, mine)) {
        return Optional.of(mine);
      }
    }
  }

  /** To be called when the connection has ended; the id is free when its session has, too. */
  void disconnected(Claim claim) {
    claim.open = false;
    freeLater(claim, SOON_SECONDS);
  }

  private void freeLater(Claim claim, long seconds) {
    CompletableFuture.delayedExecutor(seconds, TimeUnit.SECONDS).execute(() -> free(claim));
  }

  private void free(Claim claim) {
    if (claims.get(claim.clientId) != claim) {
      return;
    }
    var unused =
        clients
            .getSession(claim.clientId)
            .whenComplete(
                (session, failure) -> {
                  if (failure == null && session.isEmpty()) {
                    claims.remove(claim.clientId, claim);
                  } else if (failure == null) {
                    freeLater(
                        claim, Math.max(AGAIN_SECONDS, session.get().getSessionExpiryInterval()));
                  }
                });
  }

  private Optional<SessionInformation> session(String clientId) {
    return clients.getSession(clientId).orTimeout(ANSWER.toMillis(), TimeUnit.MILLISECONDS).join();
  }
}
