package io.caravanhub.hub.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.hub.TestDatabase;
import io.caravanhub.hub.tenant.TenantErasure;
import io.caravanhub.hub.tenant.TenantExport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The drill of docs/OPERATIONS.md: a database is dumped, lost with its roles, and restored. */
class BackupDrillTest {
  private static final Path SCRIPTS = TestDatabase.root().resolve("deploy/postgres");

  @Test
  void aDumpBringsBackEveryRowAndTheRolesThatKeepTenantsApart(@TempDir Path folder)
      throws Exception {
    try (PackagedServer server = PackagedServer.start()) {
      server.hub().migrate("hub", "latest");
      JdbcClient hub = JdbcClient.create(server.hub().database("hub"));
      fill(hub);
      server.admin().sql("create role hub_reader").update();
      server
          .admin()
          .sql("create role hub_backup login bypassrls in role pg_read_all_data")
          .update();
      hub.sql("grant select on devices to hub_reader").update();
      Map<String, Long> before = counts(hub);
      Map<String, String> contents = contents(hub);
      assertThat(before).containsEntry("telemetry", 4000L).containsEntry("devices", 2L);

      PackagedServer.Said dumped = server.run(SCRIPTS.resolve("backup"), folder, "hub_backup");
      assertThat(dumped.code()).as(dumped.text()).isZero();
      Path dump = Path.of(dumped.text().strip());
      assertThat(Files.getPosixFilePermissions(dump)).hasSize(2);

      PackagedServer.Said refused = server.run(SCRIPTS.resolve("restore"), dump, "hub");
      assertThat(refused.code()).isEqualTo(1);
      assertThat(refused.text()).contains("restore into an empty one");
      server.admin().sql("drop database hub").update();
      server.admin().sql("drop role hub_app, hub_writer, hub_reader").update();
      server.admin().sql("create database hub owner hub").update();

      PackagedServer.Said restored = server.run(SCRIPTS.resolve("restore"), dump, "hub");
      assertThat(restored.code()).as(restored.text()).isZero();
      assertThat(contents(hub)).isEqualTo(contents);
      // The next start finds a schema that is as Flyway left it.
      server.hub().migrate("hub", "latest");
      try (Connection connection = server.hub().database("hub").getConnection()) {
        assertThat(seen(connection, "acme", "devices")).isEqualTo(1);
        assertThat(seen(connection, "acme", "telemetry_values")).isEqualTo(2000);
        assertThat(seen(connection, "", "devices")).isZero();
      }
      // The owner, who is no superuser, may export and erase a tenant.
      try (Connection connection = server.hub().database("hub").getConnection()) {
        assertThat(TenantExport.write(connection, "acme", folder.resolve("acme")))
            .containsEntry("telemetry", 2000L)
            .containsEntry("dead_letters", 1L);
        assertThat(TenantErasure.erase(connection, "acme"))
            .containsEntry("telemetry", 2000L)
            .containsEntry("tenants", 1L);
      }
      assertThat(counts(hub))
          .containsEntry("telemetry", 2000L)
          .containsEntry("dead_letters", before.get("dead_letters") - 1);
    }
  }

  private static void fill(JdbcClient hub) {
    for (String tenant : new String[] {"acme", "brew"}) {
      hub.sql("insert into tenants (id, name) values (:t, :t)").param("t", tenant).update();
      hub.sql(
              """
              insert into devices (tenant_id, serial, device_type, connection_type)
              values (:t, 'S-1', 'sensor', 'mqtt')""")
          .param("t", tenant)
          .update();
      hub.sql(
              """
              insert into dead_letters (tenant_id, source, reason, payload)
              values (:t, 'mqtt', 'r', '\\x00ff'::bytea)""")
          .param("t", tenant)
          .update();
    }
    hub.sql(
            "select ensure_telemetry_day(((now() - d * interval '1 day') at time zone 'UTC')::date)::text from generate_series(0, 1) d")
        .query((row, n) -> "")
        .list();
    hub.sql(
            """
            insert into telemetry (device_id, metric_id, ts, value)
            select d.key, (select min(id) from metrics), now() - n * interval '40 seconds', n
              from devices d, generate_series(1, 2000) n""")
        .update();
  }

  /** Rows by table. */
  private static Map<String, Long> counts(JdbcClient hub) {
    return ofEachTable(hub, "count(*)", Long.class);
  }

  /** A sum over all rows by table. */
  private static Map<String, String> contents(JdbcClient hub) {
    return ofEachTable(
        hub,
        "count(*) || ' ' || md5(coalesce(string_agg(t::text, '|' order by t::text), ''))",
        String.class);
  }

  /** An aggregate over each of the tables that the catalogue has. */
  private static <T> Map<String, T> ofEachTable(JdbcClient hub, String aggregate, Class<T> type) {
    Map<String, T> all = new TreeMap<>();
    for (String table :
        hub.sql("select tablename from pg_tables where schemaname = 'public'")
            .query(String.class)
            .list()) {
      all.put(
          table, hub.sql("select " + aggregate + " from \"" + table + "\" t").query(type).single());
    }
    return all;
  }

  private static long seen(Connection connection, String tenant, String table) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("set role hub_app");
      statement.execute("set hub.tenant = '" + tenant + "'");
      try (ResultSet rows = statement.executeQuery("select count(*) from " + table)) {
        rows.next();
        return rows.getLong(1);
      }
    }
  }
}
