package io.caravanhub.hub.archive;

import io.caravanhub.hub.database.TenantScope;
import io.caravanhub.hub.tenant.TenantSettingsReader;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Deletes raw messages that a tenant keeps no longer, and days that no tenant keeps. */
@Component("rawExpiry")
public class RawExpiry {
  private static final Logger LOG = LoggerFactory.getLogger(RawExpiry.class);
  private static final int DELETED_AT_ONCE = 5_000;

  private final JdbcClient jdbc;
  private final TenantSettingsReader settings;
  private final Counter expired;

  public RawExpiry(JdbcClient jdbc, TenantSettingsReader settings, MeterRegistry meters) {
    this.jdbc = jdbc;
    this.settings = settings;
    this.expired = meters.counter("hub.raw.expired");
  }

  /** Goes over all tenants; whole days first, which costs next to nothing. */
  public void expire() {
    int dropped =
        jdbc.sql("select expire_raw_days(?)")
            .params(settings.defaults().rawDays())
            .query(Integer.class)
            .single();
    if (dropped > 0) {
      LOG.info("{} days of raw messages dropped", dropped);
    }
    for (String tenant : settings.tenants()) {
      int days = settings.of(tenant).rawDays();
      int deleted = TenantScope.call(tenant, () -> expire(days));
      if (deleted > 0) {
        expired.increment(deleted);
        LOG.info("Tenant {}: {} raw messages older than {} days deleted", tenant, deleted, days);
      }
    }
  }

  private int expire(int days) {
    int all = 0;
    int deleted;
    do {
      deleted =
          jdbc.sql(
                  """
                  delete from raw_messages where (received_at, id) in (
                    select received_at, id from raw_messages where received_at < now() - ? * interval '1 day' limit ?)\
                  """)
              .params(days, DELETED_AT_ONCE)
              .update();
      all += deleted;
    } while (deleted == DELETED_AT_ONCE);
    return all;
  }
}
