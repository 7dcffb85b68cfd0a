package io.caravanhub.hub.rules;

import io.caravanhub.core.rule.DevicePast;
import io.caravanhub.core.rule.RuleDevice;
import io.caravanhub.core.telemetry.Measurement;
import io.caravanhub.core.telemetry.Quality;
import io.caravanhub.hub.database.TenantScope;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
             coalesce(b.asset_id, d.equipment_id) as asset,
             coalesce(a.customer, '') as customer,
             coalesce(nullif(a.location, ''), d.installation_location) as location,
             coalesce(a.metadata ->> 'sla_tier', d.metadata ->> 'sla_tier', '') as sla_tier,
             case when a.parent_id is null then array_remove(array[coalesce(b.asset_id, d.equipment_id)], null)
                  else array(select l.id from asset_lineage(a.id) l(id)) end as lineage
        from devices d
        left join lateral (select asset_id from bindings b
                            where b.device_id = d.id and b.valid_from <= now()
                              and (b.valid_to is null or b.valid_to > now())
                              and (b.port is null or not exists (select from devices p where p.parent_id = d.id and p.port = b.port))
                            order by (b.role = 'primary') desc, b.valid_from limit 1) b on true
        left join assets a on a.tenant_id = d.tenant_id and a.id = coalesce(b.asset_id, d.equipment_id)
       where d.status <> 'decommissioned'
      """;

  private final JdbcClient jdbc;

  DeviceHistory(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Tenants whose links have begun or ended by the clock.
   *
   * @param at the time of the next look, by the database's clock
   */
  record Turned(Timestamp at, List<String> tenants) {}

  /**
   * Whose links have begun or ended since an earlier look.
   *
   * @param since null at the first, which finds none
   */
  Turned linksTurned(@Nullable Timestamp since) {
    record Row(Timestamp at, String tenant) {}
    List<Row> rows =
        jdbc.sql("select at, tenant_id as tenant from links_turned(?::timestamptz)")
            .param(since)
            .query(Row.class)
            .list();
    return new Turned(
        rows.get(0).at(), rows.stream().map(Row::tenant).filter(t -> !t.isEmpty()).toList());
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

  /** The same of one device. */
  DevicePast past(RuleDevice device) {
    return new DevicePast() {
      @Override
      public List<LastEvent> lastEvents() {
        return DeviceHistory.this.lastEvents(device);
      }

      @Override
      public List<Measurement> recent(Map<String, Long> lookBackMillis) {
        return DeviceHistory.this.recent(device, lookBackMillis);
      }

      @Override
      public List<Measurement> recent(Map<String, Long> lookBackMillis, long unjudged) {
        return DeviceHistory.this.recent(device, lookBackMillis, unjudged);
      }

      @Override
      public Optional<Instant> lastHeard() {
        return DeviceHistory.this.lastHeard(device);
      }
    };
  }

  /** What a gateway alone says is active, the hub's own evaluation has not noticed. */
  List<DevicePast.LastEvent> lastEvents(RuleDevice device) {
    return TenantScope.call(
        device.tenant(),
        () ->
            jdbc.sql(
                    """
                    select e.rule_id, greatest(e.opened_at, (select max(s.raised_at) from event_signals s where s.event_id = e.id)), e.resolved_at
                      from (select distinct on (rule_id) rule_id, opened_at, resolved_at, id
                              from (select rule_id, opened_at, resolved_at, id from events
                                     where device_id = :id
                                       and (resolved_at is not null or not jsonb_exists(evidence, 'gateway') or jsonb_exists(evidence, 'hub'))
                                    union all
                                    select rule_id, opened_at, resolved_at, null from shadow_events where device_id = :id) a
                             order by rule_id, opened_at desc) e
                    """)
                .param("id", UUID.fromString(device.id()))
                .query(
                    (row, n) ->
                        new DevicePast.LastEvent(
                            row.getString(1),
                            row.getTimestamp(2).toInstant(),
                            Optional.ofNullable(row.getTimestamp(3))
                                .map(Timestamp::toInstant)
                                .orElse(null)))
                .list());
  }

  /** The good values of the metrics, each from so many milliseconds before the newest of all. */
  List<Measurement> recent(RuleDevice device, Map<String, Long> lookBackMillis) {
    return recent(device, lookBackMillis, DevicePast.NOTHING_UNJUDGED);
  }

  /** As {@link DevicePast#recent(Map, long)}. */
  List<Measurement> recent(RuleDevice device, Map<String, Long> lookBackMillis, long unjudged) {
    return TenantScope.call(
        device.tenant(),
        () ->
            jdbc.sql(
                    """
                    with series as (
                      select d.key as device, m.id, m.key as metric, m.unit, w.back
                        from devices d cross join unnest(:metrics::text[], :backs::bigint[]) w(metric, back)
                        join metrics m on m.key = w.metric
                       where d.id = :id),
                    newest as (
                      select case when date_part('epoch', max(n.ts)) * 1000 - :unjudged between 0 and :most
                                  then to_timestamp(least(:unjudged, 4102444800000) / 1000.0) else max(n.ts) end as ts
                        from series s
                       cross join lateral telemetry_newest(s.device, s.id, '-infinity', 'infinity') n),
                    span as (
                      select s.*, n.ts - s.back * interval '1 millisecond' as since,
                             n.ts - s.back * interval '1 millisecond' - greatest(2 * s.back, 300000) * interval '1 millisecond' as gap
                        from newest n cross join series s)
                    select s.metric, v.ts, v.value, v.text_value, s.unit
                      from span s
                      left join lateral telemetry_newest(s.device, s.id, s.gap, s.since, 1) b on true
                     cross join lateral telemetry_span(s.device, s.id, coalesce(b.ts, s.since), 'infinity', true, null) v
                     where v.quality = 0
                     order by v.ts
                    """)
                .param("id", UUID.fromString(device.id()))
                .param("metrics", lookBackMillis.keySet().toArray(String[]::new))
                .param("backs", lookBackMillis.values().toArray(Long[]::new))
                .param("unjudged", unjudged)
                .param("most", DevicePast.UNJUDGED_MILLIS)
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

  /**
   * Those of many devices that have newer readings than are known, with the time of the newest that
   * is not bad. One statement, which looks at the newest days alone.
   *
   * @param known milliseconds by id of device
   */
  Map<String, Long> heardSince(String tenant, Map<String, Long> known) {
    Map<String, Long> heard = new HashMap<>();
    TenantScope.run(
        tenant,
        () ->
            jdbc.sql(
                    """
                    select d.id::text, (date_part('epoch', max(n.ts)) * 1000)::bigint
                      from unnest(:ids::uuid[], :known::bigint[]) w(id, known)
                      join devices d on d.id = w.id
                     cross join lateral device_series(d.key) s
                     cross join lateral telemetry_newest(d.key, s.metric_id, to_timestamp((w.known + 1) / 1000.0), 'infinity', 2) n
                     group by d.id
                    """)
                .param("ids", known.keySet().toArray(String[]::new))
                .param("known", known.values().toArray(Long[]::new))
                .query((row, n) -> heard.put(row.getString(1), row.getLong(2)))
                .list());
    return heard;
  }

  private static RuleDevice device(ResultSet row, int number) throws SQLException {
    return new RuleDevice(
        row.getString("tenant_id"),
        row.getString("id"),
        row.getString("serial"),
        row.getString("device_type"),
        row.getString("manufacturer"),
        row.getString("model"),
        row.getString("asset"),
        List.of((String[]) row.getArray("lineage").getArray()),
        new RuleDevice.Place(
            row.getString("customer"), row.getString("location"), row.getString("sla_tier")));
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
