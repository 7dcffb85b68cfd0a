package io.caravanhub.hub.connector;

import io.caravanhub.hub.connector.Leases.Lease;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Keeps the tokens that polls renew, durably before they are used. Credentials that somebody has
 * entered while the poll ran stay as they were entered: the poll goes on with its own, the next
 * begins with theirs. Thread-safe.
 */
@Component
class CredentialRenewals {
  private static final Logger LOG = LoggerFactory.getLogger(CredentialRenewals.class);

  private final ConnectionRows rows;
  private final ConnectionSecrets secrets;
  private final Leases leases;
  private final TransactionTemplate transaction;

  CredentialRenewals(
      ConnectionRows rows,
      ConnectionSecrets secrets,
      Leases leases,
      PlatformTransactionManager transactions) {
    this.rows = rows;
    this.secrets = secrets;
    this.leases = leases;
    this.transaction = new TransactionTemplate(transactions);
  }

  /**
   * Keeps what was renewed.
   *
   * @param known what the poll takes the kept credentials to be, brought up to date here
   * @throws LeaseLostException when another hub polls the connection now
   */
  void keep(
      Lease lease, Connection connection, Map<String, String> known, Map<String, String> renewed) {
    transaction.executeWithoutResult(
        status -> {
          Connection now = rows.locked(connection.id()).orElseThrow(LeaseLostException::new);
          Map<String, String> kept = new TreeMap<>(secrets.open(now));
          // What was entered meanwhile stays; a token that a cloud has replaced must not be lost.
          renewed.forEach(
              (name, value) -> {
                if (Objects.equals(kept.get(name), known.get(name))) {
                  kept.put(name, value);
                } else {
                  LOG.info("connection {}: {} was entered anew", connection.name(), name);
                }
              });
          leases.credentials(lease, secrets.seal(connection, kept));
        });
    known.putAll(renewed);
  }
}
