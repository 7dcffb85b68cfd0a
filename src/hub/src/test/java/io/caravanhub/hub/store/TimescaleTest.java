package io.caravanhub.hub.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.caravanhub.hub.TestServer;
import io.caravanhub.hub.timeseries.TestWriter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What only TimescaleDB does: chunks closed to the hub's roles, compression, late rows into it. */
class TimescaleTest {
  private static final Limits LIMITS = new Limits(400, 1100, 7);
  private static final int TEMPERATURE = 20;
  private static StoreDatabase store;

  private final Instant old = Instant.now().truncatedTo(ChronoUnit.DAYS).minus(Duration.ofDays(20));

  @BeforeAll
  static void open() {
    assumeTrue(
        TestServer.timescale().isPresent(),
        TestServer.TIMESCALE + " is unset: the store is tested in native partitions only");
    store = StoreDatabase.all().get(1);
  }

  @AfterAll
  static void close() {
    if (store != null) {
      store.end();
    }
  }

  @Test
  void holdsTelemetryInAHypertableOfDays() {
    assertThat(
            store.count(
                "select count(*) from timescaledb_information.dimensions where hypertable_name = 'telemetry' and time_interval = interval '1 day'"))
        .isEqualTo(1);
    assertThat(store.count("select count(*) from timescaledb_information.continuous_aggregates"))
        .isEqualTo(4);
  }

  @Test
  void takesLateRowsAndDuplicatesIntoCompressedDays() throws SQLException {
    int device = store.device(store.tenant());
    TestWriter writer = store.writer();
    for (int i = 0; i < 2_000; i++) {
      writer.row(device, TEMPERATURE, old.plusSeconds(i), i);
    }
    writer.write();
    look();
    assertThat(compressed()).isPositive();

    for (int i = 1_990; i < 2_010; i++) {
      writer.row(device, TEMPERATURE, old.plusSeconds(i), i);
    }

    assertThat(writer.write()).isEqualTo(10);
    assertThat(store.count("select count(*) from telemetry where device_id = ?", device))
        .isEqualTo(2_010);
    look();
    assertThat(store.count("select count(*) from _timescaledb_catalog.chunk where status & 8 = 8"))
        .as("partly compressed days")
        .isZero();
  }

  @Test
  void showsNoChunkByNameToTheHubsRoles() throws SQLException {
    int device = store.device(store.tenant());
    store.writer().row(device, TEMPERATURE, Instant.now(), 1).write();
    store.writer().row(device, TEMPERATURE, old.minusSeconds(1), 1).write();
    try (Connection writer = store.writerConnection();
        Statement statement = writer.createStatement()) {
      // An insert that asked for no day before: its chunk has the hypertable's grants at first.
      statement.execute(
          "insert into telemetry (device_id, metric_id, ts) values ("
              + device
              + ", 1, now() - interval '33 days')");
    }
    look();

    var chunks =
        store
            .sql()
            .sql(
                "select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = '_timescaledb_internal' and c.relkind in ('r', 'v')")
            .query(String.class)
            .list();
    assertThat(chunks).hasSizeGreaterThan(3);
    for (String role : new String[] {"hub_app", "hub_writer"}) {
      for (String chunk : chunks) {
        // Others there are TimescaleDB's own statistics.
        if (chunk.contains("._") || chunk.contains(".compress_")) {
          if (chunk.contains("_compressed_hypertable_")) {
            assertRefused(role, "select * from " + chunk);
          } else {
            assertDenied(role, "select * from " + chunk);
          }
          if (!chunk.contains("_view_")) {
            assertRefused(role, "insert into " + chunk + " select * from " + chunk);
            assertRefused(role, "delete from " + chunk);
          }
        }
      }
      for (String tier : new String[] {"1m", "15m", "1h", "1d"}) {
        assertDenied(role, "select * from telemetry_rollup_" + tier);
      }
    }
    assertDenied("hub_app", "select * from telemetry");
    assertRefused("hub_writer", "select compress_chunk('" + chunks.get(0) + "')");
    assertRefused("hub_writer", "select drop_chunks('telemetry', older_than => now())");
  }

  @Test
  void hasNoRowSecurityOnTheHypertable() {
    assertThat(
            store.count(
                "select count(*) from pg_class where oid = 'telemetry'::regclass and relrowsecurity"))
        .isZero();
  }

  private static void look() throws SQLException {
    try (Connection connection = store.owner().getConnection()) {
      new Chunks(LIMITS, new SimpleMeterRegistry()).look(connection, Instant.now());
    }
  }

  private static long compressed() {
    return store.count(
        "select count(*) from timescaledb_information.chunks where hypertable_name = 'telemetry' and is_compressed");
  }

  /** Not for want of rights alone: some of it TimescaleDB lets nobody do. */
  private static void assertRefused(String role, String sql) throws SQLException {
    try (Connection connection = store.owner().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("set role " + role);
      assertThatThrownBy(() -> statement.execute(sql))
          .as("%s: %s", role, sql)
          .isInstanceOf(SQLException.class);
    }
  }

  private static void assertDenied(String role, String sql) throws SQLException {
    try (Connection connection = store.owner().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("set role " + role);
      assertThatThrownBy(() -> statement.execute(sql))
          .as("%s: %s", role, sql)
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"));
    }
  }
}
