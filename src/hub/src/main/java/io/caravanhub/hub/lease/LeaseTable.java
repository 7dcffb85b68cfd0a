package io.caravanhub.hub.lease;

import io.caravanhub.hub.database.SideConnection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/** The table leases, by one statement a call. Thread-safe. */
final class LeaseTable implements LeaseRows {
  /** The topic under which hubs hear that leases are free. */
  static final String RELEASED = "hub_leases";

  private final SideConnection database;

  LeaseTable(SideConnection database) {
    this.database = database;
  }

  @Override
  public Claimed claim(String hub, Duration term, Collection<String> names) throws SQLException {
    return database.call(
        connection -> {
          try (PreparedStatement statement =
              connection.prepareStatement(
                  "select * from claim_leases(?, ? * interval '1 millisecond', ?)")) {
            statement.setString(1, hub);
            statement.setLong(2, term.toMillis());
            statement.setArray(3, connection.createArrayOf("text", names.toArray()));
            Map<String, Long> epochs = new HashMap<>();
            try (ResultSet rows = statement.executeQuery()) {
              while (rows.next()) {
                epochs.put(rows.getString(1), rows.getLong(2));
              }
            }
            Long hubs = epochs.remove("");
            return new Claimed(epochs, hubs == null ? 1 : hubs);
          }
        });
  }

  @Override
  public String holder(String name) throws SQLException {
    return database.call(
        connection -> {
          try (PreparedStatement statement =
              connection.prepareStatement("select lease_holder(?)")) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
              row.next();
              return row.getString(1);
            }
          }
        });
  }

  @Override
  public void release(String hub, Collection<String> names) throws SQLException {
    database.call(
        connection -> {
          try (PreparedStatement statement =
              connection.prepareStatement("select release_leases(?, ?)")) {
            statement.setString(1, hub);
            statement.setArray(2, connection.createArrayOf("text", names.toArray()));
            return statement.execute();
          }
        });
  }
}
