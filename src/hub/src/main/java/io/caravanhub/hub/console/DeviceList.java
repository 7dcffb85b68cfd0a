package io.caravanhub.hub.console;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The registry of the tenant in force. */
@Component
class DeviceList {
  private static final String SELECT =
      """
      select d.id, d.serial, d.device_type, d.manufacturer, d.model, d.installation_location, d.connection_type, d.status,
             (select s.name from bindings b join assets s on s.tenant_id = b.tenant_id and s.id = b.asset_id
               where b.device_id = d.id and b.valid_to is null order by (b.role = 'primary') desc limit 1) as asset,
             o.open_events, coalesce(o.worst, 0) as worst, o.metric
        from devices d
        left join lateral (
          select count(*) as open_events, max(%1$s) as worst, (array_agg(e.metric order by %1$s desc, e.opened_at desc))[1] as metric
            from events e where e.device_id = d.id and e.status in ('open','acknowledged','linked_to_work_order')) o on true
      """
          .formatted(Severity.RANK_SQL.formatted("e.severity"));

  private final JdbcClient jdbc;

  DeviceList(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Devices in use, those with the worst open events first, then by serial. */
  List<DeviceLine> worstFirst(int limit) {
    return jdbc.sql(
            SELECT
                + " where d.status <> 'decommissioned' and d.connection_type <> 'asset' order by worst desc, d.serial limit :limit")
        .param("limit", limit)
        .query(DeviceList::line)
        .list();
  }

  /** Devices in use, by serial. */
  List<DeviceLine> bySerial(int limit) {
    return jdbc.sql(
            SELECT
                + " where d.status <> 'decommissioned' and d.connection_type <> 'asset' order by d.serial limit :limit")
        .param("limit", limit)
        .query(DeviceList::line)
        .list();
  }

  Optional<DeviceLine> find(String id) {
    return jdbc.sql(SELECT + " where d.id = cast(:id as uuid)")
        .param("id", id)
        .query(DeviceList::line)
        .optional();
  }

  /** Ids of all devices in use. */
  List<String> ids() {
    return jdbc.sql(
            "select id from devices where status <> 'decommissioned' and connection_type <> 'asset'")
        .query(String.class)
        .list();
  }

  private static DeviceLine line(ResultSet row, int n) throws SQLException {
    return new DeviceLine(
        row.getString("id"),
        row.getString("serial"),
        row.getString("device_type"),
        row.getString("manufacturer"),
        row.getString("model"),
        row.getString("installation_location"),
        row.getString("connection_type"),
        row.getString("status"),
        row.getString("asset"),
        row.getInt("open_events"),
        row.getInt("worst"),
        row.getString("metric"));
  }
}
