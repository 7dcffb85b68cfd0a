package io.caravanhub.hub.tenant;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;

/**
 * Everything that the database holds of a tenant, as it was at one moment: a file of JSON lines for
 * each table, packed, with the columns as keys, and {@code export.json} with their numbers. Rows of
 * telemetry and rollups say device and metric by name too.
 */
public final class TenantExport {
  private static final int FETCHED = 5_000;

  private TenantExport() {}

  /**
   * Writes the files; hubs may run meanwhile.
   *
   * @param connection of the tables' owner, or of a user above row-level security; its transaction
   *     is ended
   * @param folder made, for its owner alone; must not be there
   * @return rows by table
   * @throws IllegalArgumentException when there is no such tenant
   * @throws IllegalStateException when this user would not see all rows
   */
  public static Map<String, Long> write(Connection connection, String tenant, Path folder)
      throws SQLException, IOException {
    connection.setAutoCommit(false);
    connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    try {
      TenantTables.demand(connection, tenant);
      TenantTables tables = TenantTables.read(connection);
      demandAllRows(connection);
      Files.createDirectories(folder.toAbsolutePath().getParent());
      Files.createDirectory(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      Map<String, Long> counts = new TreeMap<>();
      counts.put("tenants", write(connection, "tenants", "where t.id = ?", tenant, folder));
      for (Map.Entry<String, String> table : tables.ofTenant().entrySet()) {
        String where = "where t." + table.getValue() + " = ?";
        counts.put(table.getKey(), write(connection, table.getKey(), where, tenant, folder));
      }
      for (String table : tables.ofDevice()) {
        counts.put(table, writeNamed(connection, table, tenant, folder));
      }
      new ObjectMapper()
          .writerWithDefaultPrettyPrinter()
          .writeValue(
              folder.resolve("export.json").toFile(),
              Map.of("tenant", tenant, "at", Instant.now().toString(), "rows", counts));
      return counts;
    } finally {
      connection.rollback();
    }
  }

  /**
   * The owner sees what the policies of the roles it belongs to show; a table without one is empty
   * to it.
   */
  private static void demandAllRows(Connection connection) throws SQLException {
    List<String> hidden =
        TenantTables.names(
            connection,
            """
            select c.oid::regclass::text from pg_class c
             where c.relnamespace = current_schema()::regnamespace and c.relrowsecurity
               and not (select rolsuper or rolbypassrls from pg_roles where rolname = current_user)
               and not exists (
                 select from pg_policy p, unnest(p.polroles) r
                  where p.polrelid = c.oid and p.polcmd in ('*', 'r') and (r = 0 or pg_has_role(current_user, r, 'USAGE')))""");
    if (!hidden.isEmpty()) {
      throw new IllegalStateException(
          "this database user sees no rows of " + hidden + "; use one with bypassrls");
    }
  }

  private static long writeNamed(Connection connection, String table, String tenant, Path folder)
      throws SQLException, IOException {
    boolean metric =
        !TenantTables.names(
                connection,
                "select attname::text from pg_attribute where attrelid = ?::regclass and attname = 'metric_id'",
                table)
            .isEmpty();
    String named =
        "(select d.serial as device, d.tenant_id as of_tenant"
            + (metric ? ", m.key as metric" : "")
            + ", r.* from "
            + table
            + " r join devices d on d.key = r.device_id"
            + (metric ? " left join metrics m on m.id = r.metric_id" : "")
            + ")";
    return write(connection, table, named, "where t.of_tenant = ?", tenant, folder);
  }

  private static long write(
      Connection connection, String table, String where, String tenant, Path folder)
      throws SQLException, IOException {
    return write(connection, table, table, where, tenant, folder);
  }

  private static long write(
      Connection connection, String name, String from, String where, String tenant, Path folder)
      throws SQLException, IOException {
    long rows = 0;
    Path file = folder.resolve(name.replace("\"", "") + ".jsonl.gz");
    try (PreparedStatement statement =
            connection.prepareStatement(
                "select row_to_json(t)::text from " + from + " t " + where);
        Writer lines =
            new OutputStreamWriter(
                new GZIPOutputStream(Files.newOutputStream(file, StandardOpenOption.CREATE_NEW)),
                StandardCharsets.UTF_8)) {
      statement.setFetchSize(FETCHED);
      statement.setString(1, tenant);
      try (ResultSet found = statement.executeQuery()) {
        while (found.next()) {
          lines.write(found.getString(1));
          lines.write('\n');
          rows++;
        }
      }
    }
    return rows;
  }
}
