package io.caravanhub.hub.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Short statements on one connection; instants are bound as timestamps. */
record Sql(Connection connection) {

  /** One column of one row at most. */
  interface Column<T> {
    T read(ResultSet row) throws SQLException;
  }

  /** Runs a statement whose result does not matter. */
  void run(String sql, @Nullable Object... parameters) throws SQLException {
    try (PreparedStatement statement = prepare(sql, parameters)) {
      statement.execute();
    }
  }

  /** Runs a statement that changes rows; gives their number. */
  long change(String sql, @Nullable Object... parameters) throws SQLException {
    try (PreparedStatement statement = prepare(sql, parameters)) {
      return statement.executeLargeUpdate();
    }
  }

  /** Every row. */
  <T> List<T> list(String sql, Column<T> column, @Nullable Object... parameters)
      throws SQLException {
    List<T> values = new ArrayList<>();
    try (PreparedStatement statement = prepare(sql, parameters);
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        values.add(column.read(rows));
      }
    }
    return values;
  }

  /** The one row of a question that always has one. */
  <T> T one(String sql, Column<T> column, @Nullable Object... parameters) throws SQLException {
    return list(sql, column, parameters).get(0);
  }

  /** Runs a piece of work in one transaction. */
  void inTransaction(Upkeep work) throws SQLException {
    connection.setAutoCommit(false);
    try {
      work.run(connection);
      connection.commit();
    } catch (SQLException | RuntimeException e) {
      connection.rollback();
      throw e;
    } finally {
      connection.setAutoCommit(true);
    }
  }

  boolean onHypertable() throws SQLException {
    return one("select telemetry_store() = 'hypertable'", row -> row.getBoolean(1));
  }

  static Instant instant(ResultSet row) throws SQLException {
    return row.getTimestamp(1).toInstant();
  }

  private PreparedStatement prepare(String sql, @Nullable Object... parameters)
      throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    for (int i = 0; i < parameters.length; i++) {
      Object value = parameters[i] instanceof Instant at ? Timestamp.from(at) : parameters[i];
      statement.setObject(i + 1, value);
    }
    return statement;
  }
}
