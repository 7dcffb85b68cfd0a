package io.caravanhub.hub.telemetry;

import io.caravanhub.core.telemetry.UnusableMessageException;
import io.caravanhub.hub.database.TenantScope;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The canonical metrics and those a tenant's own devices brought along. A metric never changes its
 * id or unit. Thread-safe.
 */
@Component
public class MetricCatalog {
  private static final int OWN_METRICS_MAX = 20_000;

  private final JdbcClient jdbc;
  private final Map<Name, Metric> known = new ConcurrentHashMap<>();

  public MetricCatalog(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  private record Name(String tenant, String key) {}

  /** The metric with this key, or empty when nobody has met it yet. */
  public Optional<Metric> find(String tenant, String key) {
    Name name = new Name(tenant, key);
    Metric metric = known.get(name);
    if (metric == null) {
      metric = TenantScope.<@Nullable Metric>call(tenant, () -> query(key));
      if (metric != null) {
        known.put(name, metric);
      }
    }
    return Optional.ofNullable(metric);
  }

  /**
   * The metric with this key, entered into the tenant's own catalogue of this kind and unit when it
   * is new.
   */
  public Metric findOrAdd(String tenant, String key, boolean textual, @Nullable String unit) {
    return find(tenant, key)
        .orElseGet(
            () -> {
              TenantScope.run(
                  tenant,
                  () ->
                      jdbc.sql(
                              """
                              insert into metrics (tenant_id, key, kind, unit)
                              select ?, ?, ?, ? where (select count(*) from metrics where tenant_id = ?) < ?
                              on conflict do nothing\
                              """)
                          .params(
                              tenant,
                              key,
                              textual ? "text" : "number",
                              unit,
                              tenant,
                              OWN_METRICS_MAX)
                          .update());
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

  private @Nullable Metric query(String key) {
    return jdbc.sql(
            "select id, key, kind = 'text', unit, min_value, max_value from metrics where key = ? order by tenant_id nulls first limit 1")
        .params(key)
        .query(
            (row, n) ->
                new Metric(
                    row.getInt(1),
                    row.getString(2),
                    row.getBoolean(3),
                    row.getString(4),
                    row.getObject(5, Double.class),
                    row.getObject(6, Double.class)))
        .optional()
        .orElse(null);
  }
}
