package io.caravanhub.hub.connector;

import io.caravanhub.hub.connector.DeviceSync.Named;
import java.sql.Timestamp;
import java.time.Instant;
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
   * What an inventory has changed.
   *
   * @param registry whether devices were entered in the registry
   * @param returned serials of devices that had vanished
   */
  record Kept(boolean registry, List<String> returned) {}

  /** Notes devices that were named just now; those unknown to the registry are entered there. */
  Kept keep(Connection connection, List<Named> named) {
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
                     set name = coalesce(nullif(excluded.name, ''), connection_devices.name), model = coalesce(nullif(excluded.model, ''), connection_devices.model),
                         firmware = coalesce(nullif(excluded.firmware, ''), connection_devices.firmware), address = excluded.address, last_seen_at = :seen, vanished_at = null
                  returning external_id, device_id, name, model, firmware)
                select k.external_id, k.device_id::text as device, b.external_id is null or b.vanished_at is not null as found, b.vanished_at is not null as returned,
                       b.name as old_name, k.name as new_name, b.firmware as old_firmware, k.firmware as new_firmware
                  from kept k left join before b on b.external_id = k.external_id
                 where b.external_id is null or b.vanished_at is not null or (b.name, b.model, b.firmware) <> (k.name, k.model, k.firmware)\
                """)
            .param("connection", connection.id())
            // By the clock that says when an inventory was asked, see unnamed.
            .param("seen", Timestamp.from(Instant.now()))
            .param("id", array(named, Named::id))
            .param("name", array(named, Named::name))
            .param("model", array(named, Named::model))
            .param("firmware", array(named, Named::firmware))
            .param("address", array(named, Named::address))
            .query()
            .listOfRows();
    List<Change> noted = changes.stream().map(ConnectionDeviceRows::change).toList();
    note(connection, noted);
    return new Kept(
        entered > 0, noted.stream().filter(Change::returned).map(Change::external).toList());
  }

  /** The serials of the devices that were not seen any more. */
  List<String> vanish(Connection connection, Set<String> seen) {
    return vanish(connection, "not external_id = any (?::text[])", seen.toArray(String[]::new));
  }

  /** The serials of the devices that were last seen before then. */
  List<String> unnamed(Connection connection, Instant since) {
    return vanish(connection, "last_seen_at < ?", Timestamp.from(since));
  }

  private List<String> vanish(Connection connection, String which, Object given) {
    List<Change> gone =
        jdbc
            .sql(
                """
                update connection_devices set vanished_at = now()
                 where connection_id = ? and vanished_at is null and %s
                returning external_id, device_id::text as device, name as new_name\
                """
                    .formatted(which))
            .params(connection.id(), given)
            .query()
            .listOfRows()
            .stream()
            .map(
                row ->
                    new Change(
                        "vanished", text(row, "device"), text(row, "external_id"), "", false))
            .toList();
    note(connection, gone);
    return gone.stream().map(Change::external).toList();
  }

  /** One device's change: found, changed or vanished. */
  private record Change(
      String verb, String device, String external, String message, boolean returned) {}

  private static Change change(Map<String, Object> row) {
    boolean found = Boolean.TRUE.equals(row.get("found"));
    String name = text(row, "new_name");
    String known = name.isEmpty() ? text(row, "external_id") : name;
    StringBuilder message = new StringBuilder();
    if (found) {
      message.append("The cloud names ").append(known);
    } else {
      message.append("The cloud says other things of ").append(known);
      for (String field : List.of("name", "firmware")) {
        String before = text(row, "old_" + field);
        String after = text(row, "new_" + field);
        if (!before.equals(after)) {
          message.append("; ").append(field).append(" was ").append(before).append(", is ");
          message.append(after);
        }
      }
    }
    return new Change(
        found ? "found" : "changed",
        text(row, "device"),
        text(row, "external_id"),
        message.toString(),
        Boolean.TRUE.equals(row.get("returned")));
  }

  private static String text(Map<String, Object> row, String field) {
    Object value = row.get(field);
    return value == null ? "" : value.toString();
  }

  /**
   * In the audit log; and what calls for no action as events that are over already, so that nobody
   * has to close ten thousand of them.
   */
  private void note(Connection connection, List<Change> changes) {
    if (changes.isEmpty()) {
      return;
    }
    jdbc.sql(
            """
            with change as (
              select * from unnest(:verb::text[], :device::text[], :external::text[], :message::text[]) c(verb, device, external, message)),
            noted as (
              insert into audit (tenant_id, actor, verb, subject, after)
              select hub_tenant(), 'connection:' || :connection, 'device.' || verb, 'device:' || device,
                     jsonb_build_object('external_id', external, 'oem', :oem::text) from change)
            insert into events (tenant_id, dedup_key, device_id, asset_id, rule_id, family, event_type, severity, status, message, evidence,
                                opened_at, last_seen_at, resolved_at)
            select hub_tenant(), gen_random_uuid()::text, d.id,
                   (select b.asset_id from bindings b where b.device_id = d.id and b.valid_to is null order by b.role <> 'primary', b.valid_from limit 1),
                   'inventory:' || c.verb, 'inventory', 'warning', 'low', 'resolved', c.message,
                   jsonb_build_object('oem', :oem::text, 'connection', :connection, 'cleared', 0), now(), now(), now()
              from change c join devices d on d.id = c.device::uuid where c.verb <> 'vanished'\
            """)
        .param("verb", changes.stream().map(Change::verb).toArray(String[]::new))
        .param("device", changes.stream().map(Change::device).toArray(String[]::new))
        .param("external", changes.stream().map(Change::external).toArray(String[]::new))
        .param("message", changes.stream().map(Change::message).toArray(String[]::new))
        .param("connection", connection.id().toString())
        .param("oem", connection.oem())
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
