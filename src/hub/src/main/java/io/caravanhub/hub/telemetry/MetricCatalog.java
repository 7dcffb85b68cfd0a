package io.caravanhub.hub.telemetry;

import io.caravanhub.core.metric.CanonicalMetric;
import io.caravanhub.core.metric.CanonicalMetrics;
import io.caravanhub.core.telemetry.UnusableMessageException;
import io.caravanhub.hub.database.TenantScope;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The canonical metrics and those a tenant's own devices brought along, with the limits that the
 * tenant has set. A metric never changes its id; its unit is set once. Thread-safe.
 */
@Component
public class MetricCatalog implements Metrics {
  private static final int OWN_METRICS_MAX = 20_000;

  private final JdbcClient jdbc;
  private final Map<Name, Metric> known = new ConcurrentHashMap<>();
  private final Map<String, Map<String, Limits>> timed = new ConcurrentHashMap<>();
  private final AtomicLong changes = new AtomicLong();

  public MetricCatalog(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  private record Name(String tenant, String key) {
    // What a record brings by itself is several times slower, and this is asked for every message.
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Name that && key.equals(that.key) && tenant.equals(that.tenant);
    }

    @Override
    public int hashCode() {
      return 31 * tenant.hashCode() + key.hashCode();
    }
  }

  /** The metric with this key, or empty when nobody has met it yet. */
  public Optional<Metric> find(String tenant, String key) {
    Name name = new Name(tenant, key);
    Metric metric = known.get(name);
    if (metric == null) {
      long asked = changes.get();
      metric = TenantScope.<@Nullable Metric>call(tenant, () -> query(key));
      if (metric != null) {
        known.put(name, metric);
        if (asked != changes.get()) {
          known.remove(name);
        }
      }
    }
    return Optional.ofNullable(metric);
  }

  @Override
  public Metric findOrAdd(String tenant, String key, boolean textual, @Nullable String unit) {
    return find(tenant, key)
        .orElseGet(
            () -> {
              TenantScope.run(tenant, () -> add(tenant, key, textual, unit));
              return find(tenant, key)
                  .orElseThrow(
                      () ->
                          new UnusableMessageException(
                              key,
                              "a new metric, but the tenant's catalogue is full: "
                                  + OWN_METRICS_MAX
                                  + " metrics of its own"));
            });
  }

  // What the catalogue knows of the metric, of which this one is a channel, holds for it too.
  private void add(String tenant, String key, boolean textual, @Nullable String unit) {
    CanonicalMetric base = CanonicalMetrics.resolve(key).orElse(null);
    jdbc.sql(
            """
            insert into metrics (tenant_id, key, kind, unit, min_value, max_value)
            select ?, ?, ?, ?, cast(? as double precision), cast(? as double precision) where (select count(*) from metrics where tenant_id = ?) < ?
            on conflict do nothing\
            """)
        .params(
            tenant,
            key,
            (base == null ? textual : base.isText()) ? "text" : "number",
            base == null ? unit : base.unit(),
            base == null ? null : base.min(),
            base == null ? null : base.max(),
            tenant,
            OWN_METRICS_MAX)
        .update();
  }

  @Override
  public Map<String, Limits> timed(String tenant) {
    Map<String, Limits> limits = timed.get(tenant);
    if (limits == null) {
      long asked = changes.get();
      limits = TenantScope.call(tenant, this::queryTimed);
      timed.put(tenant, limits);
      if (asked != changes.get()) {
        timed.remove(tenant);
      }
    }
    return limits;
  }

  /** To be called when a change of the tenant's metric is committed. */
  public void forget(String tenant, String key) {
    changes.incrementAndGet();
    known.remove(new Name(tenant, key));
    timed.remove(tenant);
  }

  /** Any tenant's may have changed. */
  public void forget() {
    changes.incrementAndGet();
    known.clear();
    timed.clear();
  }

  private Map<String, Limits> queryTimed() {
    Map<String, Limits> limits = new HashMap<>();
    jdbc.sql(
            "select l.key, "
                + LimitRows.COLUMNS
                + " from metric_limits l where coalesce(l.max_rate, l.stuck_seconds, l.stuck_count, l.future_seconds, l.past_seconds) is not null")
        .query(
            row -> {
              limits.put(row.getString("key"), LimitRows.read(row));
            });
    return Map.copyOf(limits);
  }

  private @Nullable Metric query(String key) {
    return jdbc.sql(
            "select m.id, m.key, m.kind = 'text' as textual, m.unit, m.min_value as plain_min, m.max_value as plain_max, l.key is not null as limited, "
                + LimitRows.COLUMNS
                + " from metrics m left join metric_limits l on l.key = m.key where m.key = ? order by m.tenant_id nulls first limit 1")
        .params(key)
        .query(
            (row, n) ->
                new Metric(
                    row.getInt("id"),
                    row.getString("key"),
                    row.getBoolean("textual"),
                    row.getString("unit"),
                    row.getBoolean("limited")
                        ? LimitRows.read(row)
                        : Limits.range(
                            row.getObject("plain_min", Double.class),
                            row.getObject("plain_max", Double.class))))
        .optional()
        .orElse(null);
  }
}
