package io.caravanhub.edge.spool;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the file over a connection of its own, which the writer does not wait for. Thread-safe, one
 * reading at a time.
 */
final class SpoolReader {
  private static final String SELECT =
      "SELECT seq, device, kind, clock, received, body FROM record WHERE seq > ? AND seq <= ?"
          + " AND kind %s 2 ORDER BY seq LIMIT ?";

  private final Path file;
  private final RecordCodec codec;
  private @Nullable Connection connection;

  SpoolReader(Path file, RecordCodec codec) {
    this.file = file;
    this.codec = codec;
  }

  /** Records, those found damaged, and how far was read. */
  record Read(List<StoredRecord> records, List<Long> damaged, long reached) {}

  /** The lowest number in the file, 0 when it is empty. */
  synchronized long lowest() throws SQLException {
    try (Statement sql = open().createStatement();
        ResultSet row = sql.executeQuery("SELECT ifnull(min(seq), 0) FROM record")) {
      return row.next() ? row.getLong(1) : 0;
    }
  }

  private Connection open() throws SQLException {
    Connection open = connection;
    if (open == null) {
      open = SpoolFile.connect(file);
      connection = open;
    }
    return open;
  }

  synchronized Read read(boolean events, long after, long upTo, int records, int bytes)
      throws SQLException {
    List<StoredRecord> found = new ArrayList<>();
    List<Long> damaged = new ArrayList<>();
    long reached = after;
    try (PreparedStatement sql = open().prepareStatement(SELECT.formatted(events ? "=" : "<>"))) {
      sql.setLong(1, after);
      sql.setLong(2, upTo);
      sql.setInt(3, records);
      long size = 0;
      try (ResultSet row = sql.executeQuery()) {
        while (size < bytes && row.next()) {
          reached = row.getLong(1);
          String device = row.getString(2);
          try {
            byte[] body = codec.decode(device, row.getBytes(6));
            size += body.length;
            found.add(
                new StoredRecord(
                    reached,
                    new SpoolRecord(
                        device,
                        RecordKind.ofCode(row.getInt(3)),
                        row.getLong(4),
                        row.getLong(5),
                        body)));
          } catch (DamagedRecordException e) {
            damaged.add(reached);
          }
        }
      }
    }
    return new Read(found, damaged, reached);
  }

  /** The next reading opens the file anew. */
  synchronized void close() {
    Connection open = connection;
    connection = null;
    if (open != null) {
      try {
        open.close();
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
