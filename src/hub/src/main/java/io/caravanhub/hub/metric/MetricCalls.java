package io.caravanhub.hub.metric;

import io.caravanhub.core.unit.Units;
import io.caravanhub.hub.api.CallerContext;
import io.caravanhub.hub.api.Fields;
import io.caravanhub.hub.api.Page;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.registry.Audit;
import io.caravanhub.hub.telemetry.LimitRows;
import io.caravanhub.hub.telemetry.Limits;
import io.caravanhub.hub.telemetry.MetricCatalog;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.camel.Body;
import org.apache.camel.Header;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The metric calls of the API. A tenant's limits stand beside the catalogue, so that a metric of
 * everybody is changed for that tenant alone. Every change is audited. Thread-safe.
 */
@Component("metricCalls")
public class MetricCalls {
  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;
  private final MetricCatalog catalog;
  private final Audit audit;

  public MetricCalls(
      JdbcClient jdbc,
      PlatformTransactionManager transactions,
      MetricCatalog catalog,
      Audit audit) {
    this.jdbc = jdbc;
    this.transaction = new TransactionTemplate(transactions);
    this.catalog = catalog;
    this.audit = audit;
  }

  private record Found(MetricView view, Limits limits) {}

  /** {@code GET /metrics}, by key; {@code q} is a part of the key. */
  public Page<MetricView> list(
      @Header("limit") @Nullable String limit,
      @Header("cursor") @Nullable String cursor,
      @Header("q") @Nullable String part) {
    int size = Page.limit(limit);
    return Page.of(
        query(null, Page.position(cursor), part, size + 1).stream().map(Found::view).toList(),
        size,
        MetricView::key);
  }

  /** {@code GET /metrics/{key}}. */
  public MetricView get(@Header("metricKey") String key) {
    return find(key).view();
  }

  /** {@code PATCH /metrics/{key}}: the limits that are named, null takes one away. */
  public MetricView update(@Header("metricKey") String key, @Body byte @Nullable [] body) {
    return change(key, Fields.of(body), Found::limits);
  }

  /** As {@link #update}, of fields at hand. */
  public MetricView change(String key, Fields fields) {
    return change(key, fields, Found::limits);
  }

  /** {@code PUT /metrics/{key}}: these limits and no others. */
  public MetricView replace(@Header("metricKey") String key, @Body byte @Nullable [] body) {
    return change(key, Fields.of(body), found -> Limits.range(null, null));
  }

  /** {@code DELETE /metrics/{key}/limits}: the catalogue's own limits again. */
  public MetricView reset(@Header("metricKey") String key) {
    String tenant = CallerContext.current().tenant();
    MetricView after =
        transaction.execute(
            status -> {
              MetricView before = find(key).view();
              jdbc.sql("delete from metric_limits where key = ?").params(key).update();
              MetricView now = find(key).view();
              audit.record("metric.reset", "metric:" + key, before.limits(), now.limits());
              return now;
            });
    catalog.forget(tenant, key);
    return java.util.Objects.requireNonNull(after);
  }

  private MetricView change(String key, Fields fields, Function<Found, Limits> base) {
    List<String> known = new ArrayList<>(LimitFields.NAMES);
    known.add("unit");
    fields.only(known);
    String tenant = CallerContext.current().tenant();
    MetricView after =
        transaction.execute(
            status -> {
              Found before = find(key);
              if (!before.view().isNumeric()) {
                throw ProblemException.conflict(
                    "key", "\"" + key + "\" is a text; texts have no limits");
              }
              Limits limits = LimitFields.change(base.apply(before), fields);
              if (fields.optionalText("unit") != null) {
                setUnit(before.view(), fields.text("unit"));
              }
              write(tenant, key, limits);
              MetricView now = find(key).view();
              audit.record("metric.change", "metric:" + key, before.view(), now);
              return now;
            });
    catalog.forget(tenant, key);
    return java.util.Objects.requireNonNull(after);
  }

  /** A metric first met without a unit is given one, once: its values so far count as in it. */
  private void setUnit(MetricView metric, String unit) {
    String canonical = Units.canonical(unit);
    if (canonical == null) {
      throw ProblemException.badField(
          "unit", "unknown unit; expected a UCUM code such as Cel, kPa or A");
    }
    if (canonical.equals(metric.unit())) {
      return;
    }
    int set =
        metric.own()
            ? jdbc.sql(
                    "update metrics set unit = ? where key = ? and tenant_id = hub_tenant() and unit is null")
                .params(canonical, metric.key())
                .update()
            : 0;
    if (set == 0) {
      throw ProblemException.conflict(
          "unit",
          "the unit of "
              + metric.key()
              + " is "
              + metric.unit()
              + " and stays: values that are stored are in it");
    }
  }

  private void write(String tenant, String key, Limits l) {
    jdbc.sql(
            """
            insert into metric_limits (tenant_id, key, min_value, max_value, range_quality, max_rate, rate_quality, stuck_seconds, stuck_count,
              stuck_quality, future_seconds, future_quality, past_seconds, past_quality, unit_quality)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            on conflict (tenant_id, key) do update set min_value = excluded.min_value, max_value = excluded.max_value,
              range_quality = excluded.range_quality, max_rate = excluded.max_rate, rate_quality = excluded.rate_quality,
              stuck_seconds = excluded.stuck_seconds, stuck_count = excluded.stuck_count, stuck_quality = excluded.stuck_quality,
              future_seconds = excluded.future_seconds, future_quality = excluded.future_quality, past_seconds = excluded.past_seconds,
              past_quality = excluded.past_quality, unit_quality = excluded.unit_quality, updated_at = now()\
            """)
        .params(
            tenant,
            key,
            l.min(),
            l.max(),
            l.rangeQuality().label(),
            l.ratePerMinute(),
            l.rateQuality().label(),
            seconds(l.stuckAfter()),
            l.stuckCount(),
            l.stuckQuality().label(),
            seconds(l.future()),
            l.futureQuality().label(),
            seconds(l.past()),
            l.pastQuality().label(),
            l.unitQuality().label())
        .update();
  }

  private static @Nullable Double seconds(@Nullable Duration duration) {
    return duration == null ? null : duration.toMillis() / 1000.0;
  }

  private Found find(String key) {
    return query(key, null, null, 1).stream()
        .findFirst()
        .orElseThrow(() -> ProblemException.notFound("metric", key));
  }

  private List<Found> query(
      @Nullable String key, @Nullable String after, @Nullable String part, int limit) {
    return jdbc.sql(
            """
            select * from (
              select distinct on (m.key) m.key as name, m.kind, m.unit, m.description, m.trade, m.data_type, m.haystack, m.brick,
                     m.tenant_id is not null as own,
                     m.min_value as plain_min, m.max_value as plain_max, l.key is not null as limited, %s
                from metrics m left join metric_limits l on l.key = m.key
               where (:key::text is null or m.key = :key) and (:after::text is null or m.key > :after)
                 and (:part::text is null or position(lower(:part) in lower(m.key)) > 0)
               order by m.key, m.tenant_id nulls first) found
             order by name limit :limit\
            """
                .formatted(LimitRows.COLUMNS))
        .param("key", key)
        .param("after", after)
        .param("part", part)
        .param("limit", limit)
        .query(MetricCalls::found)
        .list();
  }

  private static Found found(ResultSet row, int number) throws SQLException {
    boolean limited = row.getBoolean("limited");
    Limits limits =
        limited
            ? LimitRows.read(row)
            : Limits.range(
                row.getObject("plain_min", Double.class), row.getObject("plain_max", Double.class));
    Map<String, Object> fields = MetricView.fields(limits);
    return new Found(
        new MetricView(
            row.getString("name"),
            row.getString("kind"),
            row.getString("unit"),
            row.getString("description"),
            row.getString("trade"),
            type(row),
            List.of((String[]) row.getArray("haystack").getArray()),
            row.getString("brick"),
            row.getBoolean("own"),
            limited,
            fields),
        limits);
  }

  private static String type(ResultSet row) throws SQLException {
    String type = row.getString("data_type");
    return type.isEmpty() ? row.getString("kind") : type;
  }
}
