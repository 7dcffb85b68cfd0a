package io.caravanhub.hub.rules;

import io.caravanhub.core.telemetry.Measurement;
import io.caravanhub.core.telemetry.Quality;
import io.caravanhub.hub.database.TenantScope;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What the store knows of a device: enough to rebuild the state of its rules. Thread-safe. */
@Component
class DeviceHistory {
  private static final String DEVICE =
      """
      select d.tenant_id, d.id::text as id, d.serial, d.device_type, d.manufacturer, d.model,
             coalesce(b.asset_id, d.equipment_id) as asset
        from devices d
        left join lateral (select asset_id from bindings b
                            where b.device_id = d.id and b.valid_from <= now()
                              and (b.valid_to is null or b.valid_to > now())
                              and (b.port is null or not exists (select from devices p where p.parent_id = d.id and p.port = b.port))
                            order by (b.role = 'primary') desc, b.valid_from limit 1) b on true
       where d.status <> 'decommissioned'
      """;

  /** The newest event of a rule on a device. */
  record LastEvent(String ruleId, Instant openedAt, @Nullable Instant endedAt) {}

  private final JdbcClient jdbc;

  DeviceHistory(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  List<String> tenants() {
    return jdbc.sql("select tenant_ids()").query(String.class).list();
  }

  /** All but those that stand for assets: they say nothing when the devices do, which is told. */
  List<RuleDevice> devices(String tenant) {
    return TenantScope.call(
        tenant,
        () ->
            jdbc.sql(DEVICE + " and d.connection_type <> 'asset'")
                .query(DeviceHistory::device)
                .list());
  }

  Optional<RuleDevice> device(String tenant, String id) {
    return TenantScope.call(
        tenant,
        () ->
            jdbc.sql(DEVICE + " and d.id = :id")
                .param("id", UUID.fromString(id))
                .query(DeviceHistory::device)
                .optional());
  }

  List<LastEvent> lastEvents(RuleDevice device) {
    return TenantScope.call(
        device.tenant(),
        () ->
            jdbc.sql(
                    """
                    select distinct on (rule_id) rule_id, opened_at, resolved_at
                      from events where device_id = :id order by rule_id, opened_at desc
                    """)
                .param("id", UUID.fromString(device.id()))
                .query(
                    (row, n) ->
                        new LastEvent(
                            row.getString(1),
                            row.getTimestamp(2).toInstant(),
                            Optional.ofNullable(row.getTimestamp(3))
                                .map(Timestamp::toInstant)
                                .orElse(null)))
                .list());
  }

  /** The good values of the metrics, from {@code lookBackMillis} before the newest of them. */
  List<Measurement> recent(RuleDevice device, Collection<String> metrics, long lookBackMillis) {
    return TenantScope.call(
        device.tenant(),
        () ->
            jdbc.sql(
                    """
                    with series as (
                      select d.key as device, m.id, m.key as metric, m.unit from devices d cross join metrics m
                       where d.id = :id and m.key = any(:metrics::text[])),
                    newest as (
                      select max(n.ts) as ts from series s
                       cross join lateral telemetry_newest(s.device, s.id, '-infinity', 'infinity') n)
                    select s.metric, v.ts, v.value, v.text_value, s.unit
                      from newest n cross join series s
                     cross join lateral telemetry_span(s.device, s.id, n.ts - :back * interval '1 millisecond', 'infinity', false, null) v
                     where v.quality = 0
                     order by v.ts
                    """)
                .param("id", UUID.fromString(device.id()))
                .param("metrics", metrics.toArray(String[]::new))
                .param("back", lookBackMillis)
                .query(DeviceHistory::measurement)
                .list());
  }

  /** When the device last said anything that was not bad. */
  Optional<Instant> lastHeard(RuleDevice device) {
    return TenantScope.call(
        device.tenant(),
        () ->
            jdbc.sql(
                    """
                    select max(n.ts) from devices d
                     cross join lateral device_series(d.key) s
                     cross join lateral telemetry_newest(d.key, s.metric_id, '-infinity', 'infinity', 2) n
                     where d.id = :id
                    """)
                .param("id", UUID.fromString(device.id()))
                .query(
                    (row, n) -> Optional.ofNullable(row.getTimestamp(1)).map(Timestamp::toInstant))
                .single());
  }

  private static RuleDevice device(ResultSet row, int number) throws SQLException {
    return new RuleDevice(
        row.getString("tenant_id"),
        row.getString("id"),
        row.getString("serial"),
        row.getString("device_type"),
        row.getString("manufacturer"),
        row.getString("model"),
        row.getString("asset"));
  }

  private static Measurement measurement(ResultSet row, int number) throws SQLException {
    double value = row.getDouble("value");
    return new Measurement(
        row.getString("metric"),
        row.getTimestamp("ts").toInstant(),
        row.wasNull() ? Double.NaN : value,
        row.getString("text_value"),
        row.getString("unit"),
        Quality.GOOD,
        null);
  }
}
