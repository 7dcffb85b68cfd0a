package io.caravanhub.hub.notify;

import io.caravanhub.hub.database.TenantScope;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * One turn of the clock, tenant by tenant: what happened, who is told next, what need not be held
 * any longer. Several hubs do not disturb each other. Thread-safe.
 */
@Component("notifyTurn")
public class NotifyTurn {
  private static final Logger LOG = LoggerFactory.getLogger(NotifyTurn.class);

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;
  private final Happenings happenings;
  private final Escalations escalations;
  private final HeldMessages held;

  NotifyTurn(
      JdbcClient jdbc,
      PlatformTransactionManager transactions,
      Happenings happenings,
      Escalations escalations,
      HeldMessages held) {
    this.jdbc = jdbc;
    this.transaction = new TransactionTemplate(transactions);
    this.happenings = happenings;
    this.escalations = escalations;
    this.held = held;
  }

  /** Takes the turn; the trouble of one tenant is told and keeps no other from its own. */
  public void take() {
    for (String tenant : jdbc.sql("select tenants_with_happenings()").query(String.class).list()) {
      for (Runnable part : parts()) {
        try {
          TenantScope.run(tenant, () -> transaction.executeWithoutResult(status -> part.run()));
        } catch (RuntimeException e) {
          LOG.warn("messages of {} cannot be planned now: {}", tenant, e.getMessage());
        }
      }
    }
  }

  private java.util.List<Runnable> parts() {
    return java.util.List.of(happenings::look, escalations::goOn, held::letGo);
  }
}
