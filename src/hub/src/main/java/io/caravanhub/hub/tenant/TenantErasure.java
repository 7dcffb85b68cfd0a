package io.caravanhub.hub.tenant;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Takes everything away that the database holds of a tenant, in one transaction: all of it or
 * nothing. What lies elsewhere (archive, backups, Kafka, files) is not touched.
 */
public final class TenantErasure {
  private TenantErasure() {}

  /**
   * Erases the tenant. No hub may work on the database meanwhile: it would write for devices that
   * are gone.
   *
   * @param connection of the tables' owner; its transaction is ended
   * @return rows by table
   * @throws IllegalArgumentException when there is no such tenant, or it is {@code default}
   * @throws IllegalStateException when others are connected as this user
   */
  public static Map<String, Long> erase(Connection connection, String tenant) throws SQLException {
    return erase(connection, tenant, true);
  }

  /**
   * As {@link #erase(Connection, String)}.
   *
   * @param alone whether to look for others on the database
   */
  public static Map<String, Long> erase(Connection connection, String tenant, boolean alone)
      throws SQLException {
    if (tenant.equals("default")) {
      throw new IllegalArgumentException("the tenant default is the hub's own and stays");
    }
    connection.setAutoCommit(false);
    try {
      TenantTables.demand(connection, tenant);
      if (alone) {
        demandAlone(connection);
      }
      TenantTables tables = TenantTables.read(connection);
      List<String> forced =
          TenantTables.names(
              connection,
              """
              select c.oid::regclass::text from pg_class c
               where c.relnamespace = current_schema()::regnamespace and c.relforcerowsecurity""");
      // Not every table lets its rows be deleted by a policy; within this transaction the owner
      // may.
      for (String table : forced) {
        run(connection, "alter table " + table + " no force row level security");
      }
      Map<String, Long> counts = new TreeMap<>();
      for (String table : tables.ofDevice()) {
        String where = " where device_id in (select key from devices where tenant_id = ?)";
        counts.put(table, delete(connection, table + where, tenant));
      }
      // A row that goes may leave a note elsewhere that it did, by a trigger.
      long gone;
      do {
        gone = 0;
        for (Map.Entry<String, String> table : tables.ofTenant().entrySet()) {
          String where = " where " + table.getValue() + " = ?";
          long rows = delete(connection, table.getKey() + where, tenant);
          counts.merge(table.getKey(), rows, Long::sum);
          gone += rows;
        }
      } while (gone > 0);
      counts.put("tenants", delete(connection, "tenants where id = ?", tenant));
      // What was told to other hubs, of these deletions too.
      delete(connection, "changes where position(? in what) > 0", tenant);
      for (String table : forced) {
        run(connection, "alter table " + table + " force row level security");
      }
      connection.commit();
      return counts;
    } finally {
      connection.rollback();
    }
  }

  private static void demandAlone(Connection connection) throws SQLException {
    List<String> others =
        TenantTables.names(
            connection,
            """
            select coalesce(nullif(application_name, ''), 'process ' || pid) from pg_stat_activity
             where datname = current_database() and usename = current_user and pid <> pg_backend_pid()""");
    if (!others.isEmpty()) {
      throw new IllegalStateException(
          others.size() + " others work on this database; stop all hubs on it first");
    }
  }

  private static void run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static long delete(Connection connection, String what, String tenant)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("delete from " + what)) {
      statement.setString(1, tenant);
      return statement.executeLargeUpdate();
    }
  }
}
