package io.caravanhub.hub;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.caravanhub.hub.database.TenantDataSource;
import io.caravanhub.hub.database.TenantScope;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.util.UUID;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;

/**
 * A PostgreSQL with the schema of db/migration, one per test run. Tests keep apart by taking a
 * tenant each.
 */
public final class TestDatabase {
  private static final class Server {
    static final TestServer SERVER = TestServer.timescale().orElseGet(TestServer::embedded);
    static final String NAME = SERVER.createMigrated();
    static final DataSource DATABASE = SERVER.database(NAME);
  }

  private TestDatabase() {}

  /** The repository's root folder. */
  public static Path root() {
    return Path.of(System.getProperty("hub.root", "../.."));
  }

  /** The server: the one with TimescaleDB when the environment names one, else embedded. */
  public static TestServer server() {
    return Server.SERVER;
  }

  /** The name of the database on the server. */
  public static String name() {
    return Server.NAME;
  }

  /** Takes a day of telemetry away, as retention does. */
  public static void dropDay(LocalDate day) {
    owner()
        .sql(
            """
            do $$ begin
              if telemetry_store() = 'hypertable' then
                perform drop_chunks('telemetry', older_than => timestamptz '%1$s 00:00Z' + interval '1 day', newer_than => timestamptz '%1$s 00:00Z');
              else
                execute 'drop table ' || (select name from telemetry_days() where day = date '%1$s');
              end if;
            end $$"""
                .formatted(day))
        .update();
  }

  /** A connection of the owner, to be closed. */
  public static Connection connection() throws SQLException {
    return Server.DATABASE.getConnection();
  }

  /** Connections of the owner, who sees everything. */
  public static JdbcClient owner() {
    return JdbcClient.create(Server.DATABASE);
  }

  /** Connections of the application role under row-level security, for the thread's tenant. */
  public static DataSource app() {
    HikariConfig config = new HikariConfig();
    config.setDataSource(Server.DATABASE);
    config.setConnectionInitSql("set role hub_app");
    config.setMaximumPoolSize(6);
    config.setMinimumIdle(0);
    return new TenantDataSource(new HikariDataSource(config));
  }

  /** Transactions on such connections. */
  public static PlatformTransactionManager transactions(DataSource dataSource) {
    return new JdbcTransactionManager(dataSource);
  }

  /** A new tenant with a name of its own. */
  public static String tenant() {
    String tenant = "t-" + UUID.randomUUID();
    owner().sql("insert into tenants (id, name) values (:id, :id)").param("id", tenant).update();
    return tenant;
  }

  /** A new device of the tenant; its id. */
  public static String device(String tenant, String serial, String type, String model) {
    return owner()
        .sql(
            """
            insert into devices (tenant_id, serial, device_type, manufacturer, model, connection_type)
            values (:tenant, :serial, :type, 'Acme', :model, 'mqtt') returning id::text
            """)
        .param("tenant", tenant)
        .param("serial", serial)
        .param("type", type)
        .param("model", model)
        .query(String.class)
        .single();
  }

  /** Stores a value as the writer would. */
  public static void store(String device, String metric, Instant ts, double value) {
    owner()
        .sql(
            "select ensure_telemetry_day((cast(:ts as timestamptz) at time zone 'UTC')::date)::text")
        .param("ts", Timestamp.from(ts))
        .query((row, n) -> "")
        .list();
    owner()
        .sql(
            """
            with series as (
              select d.key, m.id from devices d, metrics m
               where d.id = cast(:device as uuid) and m.tenant_id is null and m.key = :metric),
            noted as (insert into telemetry_series select * from series on conflict do nothing)
            insert into telemetry (device_id, metric_id, ts, value)
            select key, id, :ts, :value from series
            on conflict do nothing
            """)
        .param("ts", Timestamp.from(ts))
        .param("value", value)
        .param("device", device)
        .param("metric", metric)
        .update();
  }

  /** A number that a query as the tenant gives. */
  public static long count(DataSource app, String tenant, String sql) {
    return TenantScope.call(
        tenant, () -> JdbcClient.create(app).sql(sql).query(Long.class).single());
  }
}
