package io.caravanhub.hub.tenant;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The tables that hold rows of tenants, as the catalogue of the database has them: a table that is
 * added later is among them without a word here.
 *
 * @param ofTenant those with the tenant in a column, by name of the table; whoever refers to
 *     another comes before it
 * @param ofDevice those without, whose column {@code device_id} is a device's key
 */
record TenantTables(Map<String, String> ofTenant, List<String> ofDevice) {

  static TenantTables read(Connection connection) throws SQLException {
    Map<String, String> columns = new LinkedHashMap<>();
    try (PreparedStatement statement =
            connection.prepareStatement(
                """
                select c.oid::regclass::text, a.attname
                  from pg_class c join pg_attribute a on a.attrelid = c.oid
                 where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p')
                   and not c.relispartition and not a.attisdropped and a.attname in ('tenant_id', 'of_tenant')
                 order by 1""");
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        columns.put(rows.getString(1), rows.getString(2));
      }
    }
    return new TenantTables(sorted(connection, columns), ofDevice(connection));
  }

  private static List<String> ofDevice(Connection connection) throws SQLException {
    List<String> tables =
        names(
            connection,
            """
            select c.oid::regclass::text
              from pg_class c join pg_attribute a on a.attrelid = c.oid
             where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p')
               and not c.relispartition and a.attname = 'device_id' and a.atttypid = 'int4'::regtype
               and not exists (select from pg_attribute t where t.attrelid = c.oid and t.attname = 'tenant_id')
             order by 1""");
    if (names(connection, "select telemetry_store()").contains("hypertable")) {
      // Views there; their rows are in tables of the extension.
      tables.addAll(
          names(
              connection,
              """
              select format('%I.%I', materialization_hypertable_schema, materialization_hypertable_name)
                from timescaledb_information.continuous_aggregates where view_schema = current_schema()
               order by 1"""));
    }
    return tables;
  }

  /** Whoever refers to another first, for what is referred to cannot go before. */
  private static Map<String, String> sorted(Connection connection, Map<String, String> columns)
      throws SQLException {
    Map<String, Set<String>> referring = new LinkedHashMap<>();
    columns.keySet().forEach(table -> referring.put(table, new LinkedHashSet<>()));
    try (PreparedStatement statement =
            connection.prepareStatement(
                """
                select distinct conrelid::regclass::text, confrelid::regclass::text
                  from pg_constraint where contype = 'f' and conrelid <> confrelid""");
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        if (referring.containsKey(rows.getString(1)) && referring.containsKey(rows.getString(2))) {
          referring.get(rows.getString(2)).add(rows.getString(1));
        }
      }
    }
    Map<String, String> sorted = new LinkedHashMap<>();
    while (!referring.isEmpty()) {
      List<String> free =
          referring.entrySet().stream()
              .filter(entry -> sorted.keySet().containsAll(entry.getValue()))
              .map(Map.Entry::getKey)
              .toList();
      if (free.isEmpty()) {
        throw new IllegalStateException("tables refer to each other: " + referring.keySet());
      }
      for (String table : free) {
        referring.remove(table);
        sorted.put(table, columns.getOrDefault(table, ""));
      }
    }
    return sorted;
  }

  /** One column of text. */
  static List<String> names(Connection connection, String sql, Object... parameters)
      throws SQLException {
    List<String> names = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        statement.setObject(i + 1, parameters[i]);
      }
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          names.add(rows.getString(1));
        }
      }
    }
    return names;
  }

  /** Says so when there is no such tenant. */
  static void demand(Connection connection, String tenant) throws SQLException {
    names(connection, "select set_config('hub.tenant', ?, false)", tenant);
    if (names(connection, "select id from tenants where id = ?", tenant).isEmpty()) {
      throw new IllegalArgumentException("no such tenant: " + tenant);
    }
  }
}
