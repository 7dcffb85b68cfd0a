package io.caravanhub.hub.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.caravanhub.hub.TestServer;
import io.caravanhub.hub.database.TenantDataSource;
import io.caravanhub.hub.database.TenantScope;
import io.caravanhub.hub.timeseries.TestWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A store of its own for a test class: in native partitions, or on TimescaleDB. */
final class StoreDatabase {
  private final String kind;
  private final DataSource owner;
  private final HikariDataSource writers;
  private final HikariDataSource readers;

  private StoreDatabase(String kind, TestServer server) {
    this.kind = kind;
    this.owner = server.database(server.createMigrated());
    this.writers = pool(owner, "hub_writer");
    this.readers = pool(owner, "hub_app");
  }

  /** Both kinds where the environment names a server with TimescaleDB, else the native one. */
  static List<StoreDatabase> all() {
    return Stream.of(
            Optional.of(new StoreDatabase("partitions", TestServer.embedded())),
            TestServer.timescale().map(server -> new StoreDatabase("hypertable", server)))
        .flatMap(Optional::stream)
        .toList();
  }

  private static HikariDataSource pool(DataSource owner, String role) {
    HikariConfig config = new HikariConfig();
    config.setDataSource(owner);
    config.setConnectionInitSql(
        "set role " + role + "; set timescaledb.max_tuples_decompressed_per_dml_transaction = 0");
    config.setMaximumPoolSize(2);
    config.setMinimumIdle(0);
    return new HikariDataSource(config);
  }

  DataSource owner() {
    return owner;
  }

  JdbcClient sql() {
    return JdbcClient.create(owner);
  }

  TestWriter writer() {
    return new TestWriter(writers);
  }

  boolean onTimescale() {
    return kind.equals("hypertable");
  }

  Connection writerConnection() throws SQLException {
    return writers.getConnection();
  }

  String tenant() {
    String tenant = "t-" + UUID.randomUUID();
    sql().sql("insert into tenants (id, name) values (?, ?)").params(tenant, tenant).update();
    return tenant;
  }

  /** The key of a new device. */
  int device(String tenant) {
    return sql()
        .sql(
            "insert into devices (tenant_id, serial, device_type, connection_type) values (?, ?, 'sensor', 'mqtt') returning key")
        .params(tenant, UUID.randomUUID().toString())
        .query(Integer.class)
        .single();
  }

  long count(String sql, Object... parameters) {
    return sql().sql(sql).params(parameters).query(Long.class).single();
  }

  /** A number that the application reads as the tenant. */
  long seen(String tenant, String sql) {
    return TenantScope.call(
        tenant,
        () -> JdbcClient.create(new TenantDataSource(readers)).sql(sql).query(Long.class).single());
  }

  void roll(Limits limits, Instant now) throws SQLException {
    try (Connection connection = owner.getConnection()) {
      roll(limits, connection, now);
    }
  }

  /** As many rounds as it takes. */
  static void roll(Limits limits, Connection connection, Instant now) throws SQLException {
    Rollups rollups = new Rollups(limits, Duration.ZERO);
    boolean there = false;
    while (!there) {
      there = rollups.roll(connection, now);
    }
  }

  /** Not close(), for JUnit would close a test's parameter after the test. */
  void end() {
    writers.close();
    readers.close();
  }

  @Override
  public String toString() {
    return kind;
  }
}
