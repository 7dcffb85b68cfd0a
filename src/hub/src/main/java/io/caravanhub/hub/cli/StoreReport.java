package io.caravanhub.hub.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Which store holds telemetry, and how far its rollups are behind.
 *
 * @param behind how old the newest minute of the rollups is
 */
record StoreReport(String text, Duration behind) {
  private static final Duration BEHIND_MAX = Duration.ofMinutes(30);

  /** Empty before the hub's first start has made the schema. */
  static Optional<StoreReport> read(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      try (ResultSet there =
          statement.executeQuery("select to_regproc('telemetry_health') is not null")) {
        there.next();
        if (!there.getBoolean(1)) {
          return Optional.empty();
        }
      }
      try (ResultSet row =
          statement.executeQuery(
              "select store, rolled_to, late_hours, days, oldest from telemetry_health()")) {
        row.next();
        Duration behind = Duration.between(row.getTimestamp(2).toInstant(), Instant.now());
        return Optional.of(
            new StoreReport(
                (row.getString(1).equals("hypertable")
                        ? "TimescaleDB hypertable"
                        : "native day partitions")
                    + ", "
                    + row.getLong(4)
                    + " days"
                    + (row.getString(5) == null ? "" : " from " + row.getString(5))
                    + "; rollups up to "
                    + behind.toMinutes()
                    + " min ago"
                    + (row.getLong(3) == 0 ? "" : ", " + row.getLong(3) + " late hours to redo"),
                behind));
      }
    }
  }

  /** Whether a running hub should have its rollups further. */
  boolean isFarBehind() {
    return behind.compareTo(BEHIND_MAX) > 0;
  }

  /**
   * A connection to the embedded PostgreSQL of a hub that runs on this home; the fourth line of
   * postmaster.pid is its port (PostgreSQL, Database File Layout). Empty when none runs.
   */
  static Optional<Connection> embedded(Path home) {
    try {
      List<String> lines = Files.readAllLines(home.resolve("postgres/postmaster.pid"));
      String password = Files.readString(home.resolve("postgres.password")).strip();
      return Optional.of(
          DriverManager.getConnection(
              "jdbc:postgresql://127.0.0.1:" + lines.get(3).strip() + "/postgres",
              "postgres",
              password));
    } catch (IOException | SQLException | IndexOutOfBoundsException e) {
      return Optional.empty();
    }
  }
}
