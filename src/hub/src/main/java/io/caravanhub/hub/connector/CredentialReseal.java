package io.caravanhub.hub.connector;

import io.caravanhub.hub.database.TenantScope;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Seals with the hub's first key whatever an older one has sealed, so that the older one can be
 * taken away. Step of the route {@code connections-upkeep}; several hubs do not disturb each other.
 * Thread-safe.
 */
@Component("credentialReseal")
public class CredentialReseal {
  private static final Logger LOG = LoggerFactory.getLogger(CredentialReseal.class);
  private static final int MOST = 10_000;

  private final JdbcClient jdbc;
  private final ConnectionRows rows;
  private final ConnectionSecrets secrets;
  private final TransactionTemplate transaction;
  private final AtomicLong left = new AtomicLong();

  private record Sealed(String tenant, UUID connection) {}

  CredentialReseal(
      JdbcClient jdbc,
      ConnectionRows rows,
      ConnectionSecrets secrets,
      PlatformTransactionManager transactions,
      MeterRegistry meters) {
    this.jdbc = jdbc;
    this.rows = rows;
    this.secrets = secrets;
    this.transaction = new TransactionTemplate(transactions);
    meters.gauge("hub.credentials.unopened", left);
  }

  /** Seals anew and returns how many were; those that no key opens are counted and stay. */
  public int reseal() {
    List<Sealed> others =
        jdbc.sql("select * from sealed_with_other_keys(?, ?)")
            .params(secrets.keyName(), MOST)
            .query((row, n) -> new Sealed(row.getString(1), row.getObject(2, UUID.class)))
            .list();
    int done = 0;
    for (Sealed one : others) {
      done += TenantScope.call(one.tenant, () -> reseal(one.connection)) ? 1 : 0;
    }
    if (done > 0) {
      LOG.info("the credentials of {} connections are sealed with the hub's new key now", done);
    }
    long unopened = others.size() - done;
    if (left.getAndSet(unopened) < unopened) {
      LOG.warn("the credentials of {} connections were sealed with a key that is gone", unopened);
    }
    return done;
  }

  private boolean reseal(UUID connection) {
    try {
      return Boolean.TRUE.equals(
          transaction.execute(
              status -> {
                Connection locked = rows.locked(connection).orElse(null);
                if (locked == null || locked.credentials() == null) {
                  return false;
                }
                rows.resealed(connection, secrets.seal(locked, secrets.open(locked)));
                return true;
              }));
    } catch (SecretException e) {
      return false;
    }
  }
}
