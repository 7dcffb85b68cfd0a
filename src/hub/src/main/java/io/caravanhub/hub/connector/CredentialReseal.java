package io.caravanhub.hub.connector;

import io.caravanhub.hub.database.TenantScope;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
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
  private final List<SealedRows> beside;
  private final TransactionTemplate transaction;
  private final AtomicLong left = new AtomicLong();

  CredentialReseal(
      JdbcClient jdbc,
      ConnectionRows rows,
      ConnectionSecrets secrets,
      List<SealedRows> beside,
      PlatformTransactionManager transactions,
      MeterRegistry meters) {
    this.jdbc = jdbc;
    this.beside = beside;
    this.rows = rows;
    this.secrets = secrets;
    this.transaction = new TransactionTemplate(transactions);
    meters.gauge("hub.credentials.unopened", left);
  }

  /** Seals anew and returns how many were; those that no key opens are counted and stay. */
  public int reseal() {
    int done = 0;
    long unopened = 0;
    for (SealedRows table : Stream.concat(Stream.of(connections()), beside.stream()).toList()) {
      List<SealedRows.Row> others = table.sealedByOthers(secrets.keyName(), MOST);
      int opened = 0;
      for (SealedRows.Row one : others) {
        opened += TenantScope.call(one.tenant(), () -> reseal(table, one.id())) ? 1 : 0;
      }
      done += opened;
      unopened += others.size() - opened;
    }
    if (done > 0) {
      LOG.info("the credentials of {} connections are sealed with the hub's new key now", done);
    }
    if (left.getAndSet(unopened) < unopened) {
      LOG.warn("the credentials of {} connections were sealed with a key that is gone", unopened);
    }
    return done;
  }

  private boolean reseal(SealedRows table, UUID id) {
    try {
      return Boolean.TRUE.equals(transaction.execute(status -> table.sealAnew(id)));
    } catch (SecretException e) {
      return false;
    }
  }

  private SealedRows connections() {
    return new SealedRows() {
      @Override
      public List<Row> sealedByOthers(byte[] keyName, int most) {
        return jdbc.sql("select * from sealed_with_other_keys(?, ?)")
            .params(keyName, most)
            .query((row, n) -> new Row(row.getString(1), row.getObject(2, UUID.class)))
            .list();
      }

      @Override
      public boolean sealAnew(UUID id) {
        Connection locked = rows.locked(id).orElse(null);
        if (locked == null || locked.credentials() == null) {
          return false;
        }
        rows.resealed(id, secrets.seal(locked, secrets.open(locked)));
        return true;
      }
    };
  }
}
