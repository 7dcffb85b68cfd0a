package io.caravanhub.hub.telemetry;

import io.caravanhub.hub.database.TenantScope;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Fills {@link LatestValues} from the store when the hub starts: the last day of every device,
 * newest of each metric.
 */
@Component
class Recall implements InitializingBean {
  private static final Logger LOG = LoggerFactory.getLogger(Recall.class);

  private final JdbcClient jdbc;
  private final NewestRows rows;
  private final LatestValues latest;

  Recall(JdbcClient jdbc, NewestRows rows, LatestValues latest) {
    this.jdbc = jdbc;
    this.rows = rows;
    this.latest = latest;
  }

  @Override
  public void afterPropertiesSet() {
    for (String tenant : jdbc.sql("select tenant_ids()").query(String.class).list()) {
      TenantScope.run(tenant, this::recallTenant);
    }
  }

  private void recallTenant() {
    List<NewestRows.Newest> newest = rows.ofTenant();
    newest.forEach(n -> latest.recall(n.device(), n.value(), n.value().ts()));
    LOG.debug("Recalled {} latest values", newest.size());
  }
}
