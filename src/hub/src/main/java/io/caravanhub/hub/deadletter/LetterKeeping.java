package io.caravanhub.hub.deadletter;

import io.caravanhub.hub.database.TenantScope;
import io.caravanhub.hub.notice.Notices;
import io.caravanhub.hub.tenant.TenantSettings;
import io.caravanhub.hub.tenant.TenantSettingsReader;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Looks after the dead letters by the clock: raises a notice where they grow, deletes those that a
 * tenant keeps no longer. Thread-safe.
 */
@Component("letterKeeping")
public class LetterKeeping {
  /** The kind of the notice. */
  public static final String GROWING = "dead_letters_growing";

  private static final Logger LOG = LoggerFactory.getLogger(LetterKeeping.class);
  private static final int COUNTED_MAX = 100_000;
  private static final int DELETED_AT_ONCE = 1_000;

  private final JdbcClient jdbc;
  private final TenantSettingsReader settings;
  private final Notices notices;
  private final AtomicInteger growing;
  private final AtomicInteger kept;
  private final Counter expired;

  public LetterKeeping(
      JdbcClient jdbc, TenantSettingsReader settings, Notices notices, MeterRegistry meters) {
    this.jdbc = jdbc;
    this.settings = settings;
    this.notices = notices;
    this.growing = meters.gauge("hub.dead.letters.growing", new AtomicInteger());
    this.kept = meters.gauge("hub.dead.letters.kept", new AtomicInteger());
    this.expired = meters.counter("hub.dead.letters.expired");
  }

  /** Tenants whose letters grow faster than they want, as of the last look. */
  public int growing() {
    return growing.get();
  }

  /** Kept letters of all tenants, as of the last look. */
  public int kept() {
    return kept.get();
  }

  /** Looks at the letters of the tenants that have any, or were told that they grow. */
  public void look() {
    int many = 0;
    int all = 0;
    for (String tenant : jdbc.sql("select tenants_with_letters()").query(String.class).list()) {
      TenantSettings wanted = settings.of(tenant);
      int[] counts = TenantScope.call(tenant, () -> look(tenant, wanted));
      all += counts[0];
      many += counts[1];
    }
    growing.set(many);
    kept.set(all);
  }

  private int[] look(String tenant, TenantSettings wanted) {
    int now = count("status = 'kept'", 0);
    int fresh =
        count(
            "created_at > now() - ? * interval '1 minute' and status = 'kept'",
            wanted.alarmMinutes());
    boolean grows = wanted.alarmCount() > 0 && fresh > wanted.alarmCount();
    if (grows) {
      String message =
          fresh
              + " messages in "
              + wanted.alarmMinutes()
              + " min could not be used and are in the dead letters (more than "
              + wanted.alarmCount()
              + ")";
      if (notices.raise(GROWING, "high", message)) {
        LOG.warn("Tenant {}: {}", tenant, message);
      }
    } else if (notices.resolve(GROWING)) {
      LOG.info("Tenant {}: the dead letters grow no more", tenant);
    }
    return new int[] {now, grows ? 1 : 0};
  }

  private int count(String where, int minutes) {
    JdbcClient.StatementSpec sql =
        jdbc.sql(
            "select count(*) from (select from dead_letters where "
                + where
                + " limit "
                + COUNTED_MAX
                + ") counted");
    return (minutes > 0 ? sql.param(minutes) : sql).query(Integer.class).single();
  }

  /** Deletes the letters, and old notices, that have been kept long enough. */
  public void expire() {
    for (String tenant : settings.tenants()) {
      int days = settings.of(tenant).letterDays();
      int deleted = TenantScope.call(tenant, () -> expire(days));
      if (deleted > 0) {
        expired.increment(deleted);
        LOG.info("Tenant {}: {} dead letters older than {} days deleted", tenant, deleted, days);
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
                  delete from dead_letters where id in (
                    select id from dead_letters where created_at < now() - ? * interval '1 day' limit ?)\
                  """)
              .params(days, DELETED_AT_ONCE)
              .update();
      all += deleted;
    } while (deleted == DELETED_AT_ONCE);
    jdbc.sql("delete from notices where resolved_at < now() - ? * interval '1 day'")
        .params(days)
        .update();
    return all;
  }
}
