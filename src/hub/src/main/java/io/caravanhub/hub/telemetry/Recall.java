package io.caravanhub.hub.telemetry;

import io.caravanhub.core.telemetry.Measurement;
import io.caravanhub.core.telemetry.Quality;
import io.caravanhub.core.telemetry.QualityReason;
import io.caravanhub.hub.database.TenantScope;
import java.time.Instant;
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
  private final LatestValues latest;

  Recall(JdbcClient jdbc, LatestValues latest) {
    this.jdbc = jdbc;
    this.latest = latest;
  }

  @Override
  public void afterPropertiesSet() {
    for (String tenant : jdbc.sql("select tenant_ids()").query(String.class).list()) {
      TenantScope.run(tenant, this::recallTenant);
    }
  }

  private void recallTenant() {
    int[] count = {0};
    jdbc.sql(
            """
            select d.id as device_id, m.key as metric, t.ts, t.value, t.text_value, m.unit, t.quality
              from devices d
             cross join lateral device_series(d.key) s
             cross join lateral telemetry_newest(d.key, s.metric_id, now() - interval '1 day', 'infinity') t
              join metrics m on m.id = s.metric_id\
            """)
        .query(
            row -> {
              Instant ts = row.getTimestamp("ts").toInstant();
              double value = row.getDouble("value");
              boolean absent = row.wasNull();
              QualityReason reason = QualityReason.ofCode(row.getInt("quality"));
              latest.recall(
                  row.getString("device_id"),
                  new Measurement(
                      row.getString("metric"),
                      ts,
                      absent ? Double.NaN : value,
                      row.getString("text_value"),
                      row.getString("unit"),
                      Quality.ofCode(row.getInt("quality")),
                      reason == null ? null : reason.label()),
                  ts);
              count[0]++;
            });
    LOG.debug("Recalled {} latest values", count[0]);
  }
}
