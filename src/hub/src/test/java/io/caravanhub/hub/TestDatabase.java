package io.caravanhub.hub;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.caravanhub.hub.database.TenantDataSource;
import io.caravanhub.hub.database.TenantScope;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.UUID;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;

/**
 * A PostgreSQL with the schema of db/migration, one per test run. Tests keep apart by taking a
 * tenant each.
 */
public final class TestDatabase {
  private static final class Server {
    static final EmbeddedPostgres POSTGRES = start();

    private static EmbeddedPostgres start() {
      try {
        EmbeddedPostgres postgres =
            EmbeddedPostgres.builder().setServerConfig("fsync", "off").start();
        Flyway.configure()
            .dataSource(postgres.getPostgresDatabase())
            .locations("filesystem:" + root().resolve("db/migration"))
            .load()
            .migrate();
        return postgres;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private TestDatabase() {}

  /** The repository's root folder. */
  public static Path root() {
    return Path.of(System.getProperty("hub.root", "../.."));
  }

  /** The port of the server, where postgres may do everything without a password. */
  public static int port() {
    return Server.POSTGRES.getPort();
  }

  /** An empty database beside the others, for a hub that lays its own schema. */
  public static DataSource empty(String name) {
    owner().sql("create database " + name).update();
    return Server.POSTGRES.getDatabase("postgres", name);
  }

  /** A connection of the owner, to be closed. */
  public static Connection connection() throws SQLException {
    return Server.POSTGRES.getPostgresDatabase().getConnection();
  }

  /** Connections of the owner, who sees everything. */
  public static JdbcClient owner() {
    return JdbcClient.create(Server.POSTGRES.getPostgresDatabase());
  }

  /** Connections of the application role under row-level security, for the thread's tenant. */
  public static DataSource app() {
    HikariConfig config = new HikariConfig();
    config.setDataSource(Server.POSTGRES.getPostgresDatabase());
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
            insert into telemetry (device_id, metric_id, ts, value)
            select d.key, m.id, :ts, :value from devices d, metrics m
             where d.id = cast(:device as uuid) and m.tenant_id is null and m.key = :metric
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
