package io.caravanhub.hub.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The table changes, read from where the last look ended. Changes are found by the numbers of their
 * transactions, so that none is passed over that was committed late. Of one thread.
 */
final class ChangeLog {
  /** Below the age at which changes are deleted. */
  private static final long KEPT_NANOS = Duration.ofMinutes(10).toNanos();

  private static final long FORGET_NANOS = Duration.ofMinutes(5).toNanos();
  private static final String NONE_YET = Long.toString(Long.MAX_VALUE);

  private final SideConnection database;
  private String seen = NONE_YET;
  private long looked = System.nanoTime();
  private long forgotten = System.nanoTime();

  /** Given a change; some come at several looks. */
  @FunctionalInterface
  interface Told {
    void change(long id, String topic, String what);
  }

  private record Change(long id, String topic, String what) {}

  ChangeLog(SideConnection database) {
    this.database = database;
  }

  /**
   * Tells what was committed since the last look.
   *
   * @return false when that is not known, because it is the first look or long after the last
   */
  boolean look(Told told) throws SQLException {
    long now = System.nanoTime();
    boolean whole = !seen.equals(NONE_YET) && now - looked < KEPT_NANOS;
    String since = whole ? seen : NONE_YET;
    List<Change> changes = database.call(connection -> read(connection, since));
    for (Change change : changes) {
      if (change.id == 0) {
        seen = change.what;
      } else {
        told.change(change.id, change.topic, change.what);
      }
    }
    looked = now;
    if (now - forgotten > FORGET_NANOS) {
      forgotten = now;
      database.call(
          connection -> {
            try (PreparedStatement statement =
                connection.prepareStatement("select forget_changes()")) {
              return statement.execute();
            }
          });
    }
    return whole;
  }

  private static List<Change> read(Connection connection, String since) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("select * from changes_since(?::xid8)")) {
      statement.setString(1, since);
      List<Change> changes = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          changes.add(new Change(rows.getLong(1), rows.getString(2), rows.getString(3)));
        }
      }
      return changes;
    }
  }
}
