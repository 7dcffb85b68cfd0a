package io.caravanhub.hub.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.TestDatabase;
import io.caravanhub.hub.TestServer;
import io.caravanhub.testkit.network.TcpProxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

class CutOffWriterTest {
  private static final String STORE =
      "insert into telemetry_series values (-1, -1) on conflict do nothing";

  /** What a hub that is cut off has begun to store, the next one stores. */
  @Test
  void keepsNoOtherHubFromStoringTheSame() throws Exception {
    TestServer server = TestDatabase.server();
    try (TcpProxy proxy = new TcpProxy(server.host(), server.port());
        HikariDataSource cutOff = pool(server, "127.0.0.1", proxy.port());
        HikariDataSource next = pool(server, server.host(), server.port())) {
      Connection begun = cutOff.getConnection();
      begun.setAutoCommit(false);
      execute(begun, STORE);
      proxy.stall();

      CompletableFuture<Void> stored =
          CompletableFuture.runAsync(
              () -> {
                try (Connection connection = next.getConnection()) {
                  connection.setAutoCommit(false);
                  execute(connection, STORE);
                  connection.rollback();
                } catch (SQLException e) {
                  throw new IllegalStateException(e);
                }
              });

      stored.get(30, TimeUnit.SECONDS);
      proxy.restore();
      assertThatThrownBy(begun::close).hasMessageContaining("idle-in-transaction");
    }
  }

  @Test
  void losesItsTransactionAfterTenSeconds() throws Exception {
    DataSource writers = RunningHub.get().bean("writerPool", DataSource.class);
    try (Connection connection = writers.getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("show idle_in_transaction_session_timeout")) {
      row.next();
      assertThat(row.getString(1)).isEqualTo("10s");
    }
  }

  private static HikariDataSource pool(TestServer server, String host, int port) {
    return DatabaseConfiguration.pool(
        new DatabaseConfiguration.Server(
            "jdbc:postgresql://" + host + ":" + port + "/" + TestDatabase.name(),
            server.user(),
            server.password()),
        "hub_writer",
        1,
        Duration.ofSeconds(1));
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
