package io.caravanhub.hub.connector;

import io.caravanhub.hub.connector.DeviceSync.Named;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The devices of connections, of the tenant in force. Thread-safe. */
@Component
class ConnectionDeviceRows {
  private final JdbcClient jdbc;

  ConnectionDeviceRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * Notes devices that were named just now; those unknown to the registry are entered there.
   *
   * @return whether the registry has changed
   */
  boolean keep(Connection connection, List<Named> named) {
    int entered =
        jdbc.sql(
                """
                insert into devices (tenant_id, serial, device_type, manufacturer, model, connection_type, status)
                select hub_tenant(), v.serial, v.device_type, v.maker, v.model, 'cloud', ?
                  from unnest(?::text[], ?::text[], ?::text[], ?::text[]) v(serial, device_type, maker, model)
                on conflict do nothing\
                """)
            .params(
                connection.registers() ? "active" : "unclaimed",
                array(named, Named::id),
                array(named, Named::type),
                array(named, Named::maker),
                array(named, Named::model))
            .update();
    List<Map<String, Object>> changes =
        jdbc.sql(
                """
                with named as (select * from unnest(:id::text[], :name::text[], :model::text[], :firmware::text[], :address::text[]) n(id, name, model, firmware, address)),
                     before as (select * from connection_devices where connection_id = :connection),
                     kept as (
                  insert into connection_devices (tenant_id, connection_id, external_id, device_id, name, model, firmware, address)
                  select hub_tenant(), :connection, n.id, d.id, n.name, n.model, n.firmware, n.address from named n join devices d on d.serial = n.id
                  on conflict (connection_id, external_id) do update
                     set name = excluded.name, model = excluded.model, firmware = excluded.firmware, address = excluded.address, last_seen_at = now(), vanished_at = null
                  returning external_id, device_id, name, model, firmware)
                select k.external_id, k.device_id::text as device, b.external_id is null or b.vanished_at is not null as found,
                       b.name as old_name, k.name as new_name, b.firmware as old_firmware, k.firmware as new_firmware
                  from kept k left join before b on b.external_id = k.external_id
                 where b.external_id is null or b.vanished_at is not null or (b.name, b.model, b.firmware) <> (k.name, k.model, k.firmware)\
                """)
            .param("connection", connection.id())
            .param("id", array(named, Named::id))
            .param("name", array(named, Named::name))
            .param("model", array(named, Named::model))
            .param("firmware", array(named, Named::firmware))
            .param("address", array(named, Named::address))
            .query()
            .listOfRows();
    for (Map<String, Object> change : changes) {
      boolean found = Boolean.TRUE.equals(change.get("found"));
      audit(
          connection,
          found ? "device.found" : "device.changed",
          String.valueOf(change.get("device")),
          String.valueOf(change.get("external_id")));
    }
    return entered > 0;
  }

  void vanish(Connection connection, Set<String> seen) {
    List<Map<String, Object>> gone =
        jdbc.sql(
                """
                update connection_devices set vanished_at = now()
                 where connection_id = ? and vanished_at is null and not external_id = any (?::text[]) returning external_id, device_id::text as device\
                """)
            .params(connection.id(), seen.toArray(String[]::new))
            .query()
            .listOfRows();
    for (Map<String, Object> device : gone) {
      audit(
          connection,
          "device.vanished",
          String.valueOf(device.get("device")),
          String.valueOf(device.get("external_id")));
    }
  }

  private void audit(Connection connection, String verb, String device, String external) {
    jdbc.sql(
            """
            insert into audit (tenant_id, actor, verb, subject, after)
            values (hub_tenant(), 'connection:' || ?, ?, 'device:' || ?, jsonb_build_object('external_id', ?::text, 'oem', ?::text))\
            """)
        .params(connection.id().toString(), verb, device, external, connection.oem())
        .update();
  }

  /** What topics call devices that are known by something else. */
  Map<String, String> addresses(UUID connection) {
    Map<String, String> addresses = new LinkedHashMap<>();
    jdbc.sql(
            """
            select address, external_id from connection_devices
             where connection_id = ? and address <> '' order by vanished_at is null, last_seen_at\
            """)
        .params(connection)
        .query(
            row -> {
              addresses.put(row.getString(1), row.getString(2));
            });
    return addresses;
  }

  /** All devices that the connection ever had. */
  List<Map<String, Object>> list(UUID connection) {
    return jdbc.sql(
            """
            select external_id, device_id::text as device_id, name, model, firmware, first_seen_at, last_seen_at, vanished_at
              from connection_devices where connection_id = ? order by external_id limit 5000\
            """)
        .params(connection)
        .query(
            (row, n) -> {
              Map<String, Object> device = new LinkedHashMap<>();
              for (String text : List.of("external_id", "device_id", "name", "model", "firmware")) {
                device.put(text, String.valueOf(row.getString(text)));
              }
              device.put("first_seen_at", row.getTimestamp("first_seen_at").toInstant().toString());
              device.put("last_seen_at", row.getTimestamp("last_seen_at").toInstant().toString());
              device.put("vanished", row.getTimestamp("vanished_at") != null);
              return device;
            })
        .list();
  }

  private static String[] array(List<Named> named, Function<Named, String> field) {
    return named.stream().map(field).toArray(String[]::new);
  }
}
