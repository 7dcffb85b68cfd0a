package io.caravanhub.hub.tenant;

import io.caravanhub.hub.database.TenantScope;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The settings of each tenant, from memory once they were asked for. Thread-safe. */
@Component
public class TenantSettingsReader {
  private final JdbcClient jdbc;
  private final TenantSettings defaults;
  private final Map<String, TenantSettings> known = new ConcurrentHashMap<>();
  private final AtomicLong changes = new AtomicLong();

  public TenantSettingsReader(
      JdbcClient jdbc,
      @Value("${hub.raw-archive.keep-days}") int rawDays,
      @Value("${hub.dead-letters.keep-days}") int letterDays,
      @Value("${hub.dead-letters.alarm-count}") int alarmCount,
      @Value("${hub.dead-letters.alarm-minutes}") int alarmMinutes) {
    this.jdbc = jdbc;
    this.defaults = new TenantSettings(false, false, rawDays, letterDays, alarmCount, alarmMinutes);
  }

  /** What the hub assumes of a tenant that has set nothing. */
  public TenantSettings defaults() {
    return defaults;
  }

  /** The settings in force for the tenant. */
  public TenantSettings of(String tenant) {
    TenantSettings settings = known.get(tenant);
    if (settings == null) {
      long asked = changes.get();
      settings = TenantScope.call(tenant, this::query);
      known.put(tenant, settings);
      if (asked != changes.get()) {
        known.remove(tenant);
      }
    }
    return settings;
  }

  /** Every tenant there is. */
  public List<String> tenants() {
    return jdbc.sql("select tenant_ids()").query(String.class).list();
  }

  /** To be called when a change is committed. */
  public void forget(String tenant) {
    changes.incrementAndGet();
    known.remove(tenant);
  }

  /** Any tenant's may have changed. */
  public void forget() {
    changes.incrementAndGet();
    known.clear();
  }

  private TenantSettings query() {
    return jdbc.sql(
            """
            select auto_register,
                   coalesce((settings #>> '{raw_archive,enabled}')::boolean, false) as raw,
                   coalesce((settings #>> '{raw_archive,keep_days}')::int, :raw) as raw_days,
                   coalesce((settings #>> '{dead_letters,keep_days}')::int, :days) as letter_days,
                   coalesce((settings #>> '{dead_letters,alarm_count}')::int, :count) as alarm_count,
                   coalesce((settings #>> '{dead_letters,alarm_minutes}')::int, :minutes) as alarm_minutes
              from tenants where id = hub_tenant()\
            """)
        .param("raw", defaults.rawDays())
        .param("days", defaults.letterDays())
        .param("count", defaults.alarmCount())
        .param("minutes", defaults.alarmMinutes())
        .query(
            (row, n) ->
                new TenantSettings(
                    row.getBoolean("auto_register"),
                    row.getBoolean("raw"),
                    row.getInt("raw_days"),
                    row.getInt("letter_days"),
                    row.getInt("alarm_count"),
                    row.getInt("alarm_minutes")))
        .optional()
        .orElse(defaults);
  }
}
