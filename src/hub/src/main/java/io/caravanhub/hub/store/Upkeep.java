package io.caravanhub.hub.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import javax.sql.DataSource;

/** A piece of work on the store, done by one hub at a time. */
interface Upkeep {

  /** Does the work on a connection of the owner, in transactions of its own. */
  void run(Connection connection) throws SQLException;

  /**
   * Runs the work unless another hub has it in hand.
   *
   * @return whether it ran
   */
  static boolean once(DataSource owner, String name, Upkeep work) throws SQLException {
    try (Connection lock = owner.getConnection();
        Connection connection = owner.getConnection()) {
      if (!ask(lock, "select pg_try_advisory_lock(hashtext(?))", name)) {
        return false;
      }
      try {
        work.run(connection);
        return true;
      } finally {
        ask(lock, "select pg_advisory_unlock(hashtext(?))", name);
      }
    }
  }

  private static boolean ask(Connection connection, String sql, String name) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, name);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getBoolean(1);
      }
    }
  }
}
