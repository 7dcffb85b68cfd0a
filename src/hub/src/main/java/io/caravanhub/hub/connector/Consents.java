package io.caravanhub.hub.connector;

import io.caravanhub.core.cloud.Cloud;
import io.caravanhub.core.cloud.CloudConsent;
import io.caravanhub.core.cloud.CloudException;
import io.caravanhub.core.cloud.CloudHttp;
import io.caravanhub.core.cloud.CodeExchange;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.registry.Audit;
import java.io.Serial;
import java.io.Serializable;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The round trip by which the owner of an account lets the hub read it (OAuth 2.0 authorization
 * code): where the browser is sent, and the tokens that its way back brings. What is under way is
 * kept by the caller, in the session of the browser that began it. Thread-safe.
 */
@Component
public class Consents {
  /** How long a person may take at the OEM. */
  static final Duration PATIENCE = Duration.ofMinutes(10);

  private final ConnectionRows rows;
  private final ConnectionSecrets secrets;
  private final ConnectorCatalog connectors;
  private final Audit audit;
  private final TransactionTemplate transaction;
  private final CloudHttp http;
  private final Clock clock = Clock.systemUTC();
  private final SecureRandom random = new SecureRandom();

  Consents(
      ConnectionRows rows,
      ConnectionSecrets secrets,
      ConnectorCatalog connectors,
      Audit audit,
      PlatformTransactionManager transactions,
      @Value("${hub.connections.deadline:PT30S}") Duration deadline) {
    this.rows = rows;
    this.secrets = secrets;
    this.connectors = connectors;
    this.audit = audit;
    this.transaction = new TransactionTemplate(transactions);
    this.http = new CloudHttp(deadline);
  }

  /**
   * A consent under way.
   *
   * @param state what the way back must bring
   * @param verifier proves that who began it ends it; goes to the cloud with the code alone
   * @param address where the browser is sent
   */
  public record Begun(
      String tenant,
      UUID connection,
      String state,
      String verifier,
      String redirect,
      String address,
      Instant until)
      implements Serializable {
    @Serial private static final long serialVersionUID = 1L;

    /** Whether the person took too long. */
    public boolean isOver() {
      return Instant.now().isAfter(until);
    }
  }

  /**
   * Begins one.
   *
   * @param redirect where the cloud sends the browser back to
   * @throws ProblemException when the connector knows no consent, or a setting is absent
   */
  public Begun begin(String id, String redirect) {
    Connection connection = require(ConnectionCalls.id(id));
    Cloud cloud = cloud(connection);
    CloudConsent consent = cloud.auth().consent();
    if (consent == null) {
      throw ProblemException.conflict("oem", connection.oem() + " asks nobody for consent");
    }
    String state = unguessable();
    String verifier = unguessable();
    try {
      ConnectionAccess access =
          new ConnectionAccess(connection.settings(), secrets.open(connection), all -> {});
      return new Begun(
          connection.tenant(),
          connection.id(),
          state,
          verifier,
          redirect,
          consent.address(access::value, redirect, state, verifier),
          clock.instant().plus(PATIENCE));
    } catch (CloudException | SecretException e) {
      throw ProblemException.conflict("settings", String.valueOf(e.getMessage()));
    }
  }

  /**
   * Ends one: the tokens are sealed with the connection.
   *
   * @return whether the cloud gave a refresh token, without which the consent ends with the token
   * @throws CloudException when the cloud does not take the code
   */
  public boolean finish(Begun begun, String code) {
    Connection connection = require(begun.connection());
    Map<String, String> brought = new TreeMap<>();
    ConnectionAccess access =
        new ConnectionAccess(connection.settings(), secrets.open(connection), brought::putAll);
    new CodeExchange(cloud(connection), http, clock)
        .exchange(access, code, begun.redirect(), begun.verifier());
    transaction.executeWithoutResult(
        status -> {
          Map<String, String> kept =
              new TreeMap<>(secrets.open(rows.locked(connection.id()).orElseThrow()));
          kept.putAll(brought);
          rows.consented(connection.id(), secrets.seal(connection, kept));
          audit.record("connection.consent", "connection:" + connection.id(), null, null);
        });
    return brought.containsKey("refresh_token");
  }

  private Cloud cloud(Connection connection) {
    Cloud cloud = connectors.find(connection.oem()).map(Connector::cloud).orElse(null);
    if (cloud == null) {
      throw ProblemException.conflict("oem", "the connector " + connection.oem() + " is gone");
    }
    return ConnectionPoll.cloudOf(connection, cloud);
  }

  private Connection require(UUID id) {
    return rows.find(id).orElseThrow(() -> ProblemException.notFound("connection", id.toString()));
  }

  private String unguessable() {
    byte[] bytes = new byte[48];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
