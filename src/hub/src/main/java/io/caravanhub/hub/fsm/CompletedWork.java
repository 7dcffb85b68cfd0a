package io.caravanhub.hub.fsm;

import io.caravanhub.hub.database.TenantScope;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Looks, for every tenant, whether the signals behind completed work have cleared. Thread-safe. */
@Component("completedWork")
public class CompletedWork {
  private final JdbcClient jdbc;
  private final OrderProgress progress;

  CompletedWork(JdbcClient jdbc, OrderProgress progress) {
    this.jdbc = jdbc;
    this.progress = progress;
  }

  /** Resolves what has cleared; what has not for too long becomes an event of its own. */
  public void look() {
    for (String tenant :
        jdbc.sql("select tenants_with_completed_work()").query(String.class).list()) {
      TenantScope.run(tenant, progress::lookAtCompleted);
    }
  }
}
