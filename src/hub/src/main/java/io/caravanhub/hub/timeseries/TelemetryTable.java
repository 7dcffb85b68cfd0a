package io.caravanhub.hub.timeseries;

import java.nio.ByteBuffer;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * Writes sorted batches to the table telemetry, each in one transaction: binary COPY first, and a
 * merging INSERT for a batch that meets a row which is there already. Thread-safe.
 */
final class TelemetryTable {
  private static final long DAY_MICROS = 86_400_000_000L;
  private static final String UNIQUE_VIOLATION = "23505";
  private static final String COPY =
      "copy telemetry (device_id, metric_id, ts, value, text_value, quality, batch_id) from stdin (format binary)";
  private static final String MERGE =
      """
      insert into telemetry (device_id, metric_id, ts, value, text_value, quality, batch_id)
      select * from unnest(?::int[], ?::int[], ?::timestamptz[], ?::float8[], ?::text[], ?::int2[], ?::int8[])
      on conflict do nothing
      returning device_id, metric_id, ts\
      """;

  private final DataSource writers;
  private final Set<Long> days = ConcurrentHashMap.newKeySet();
  private final LateHours lateHours = new LateHours();
  private final NewSeries newSeries = new NewSeries();

  TelemetryTable(DataSource writers) {
    this.writers = writers;
  }

  /**
   * Stores the rows, which must be sorted and free of equal keys.
   *
   * @return the keys of those that were there already; empty for a batch of new rows
   */
  Set<Row.Key> write(List<Row> rows, long batch) throws SQLException {
    try (Connection connection = writers.getConnection()) {
      connection.setAutoCommit(false);
      try {
        ensureDays(connection, rows);
        try {
          Notes notes = note(connection, rows);
          copy(connection, rows, batch);
          connection.commit();
          committed(notes);
          return Set.of();
        } catch (SQLException e) {
          connection.rollback();
          if (!UNIQUE_VIOLATION.equals(e.getSQLState())) {
            throw e;
          }
        }
        Notes notes = note(connection, rows);
        Set<Row.Key> duplicates = merge(connection, rows, batch);
        connection.commit();
        committed(notes);
        return duplicates;
      } catch (SQLException | RuntimeException e) {
        rollback(connection, e);
        throw e;
      } finally {
        connection.setAutoCommit(true);
      }
    }
  }

  /** What a transaction noted beside its rows. */
  private record Notes(LateHours.HoursOfRound late, List<Long> series) {}

  private Notes note(Connection connection, List<Row> rows) throws SQLException {
    return new Notes(lateHours.note(connection, rows), newSeries.note(connection, rows));
  }

  private void committed(Notes notes) {
    lateHours.committed(notes.late);
    newSeries.committed(notes.series);
  }

  private static void rollback(Connection connection, Exception cause) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      cause.addSuppressed(e);
    }
  }

  private void ensureDays(Connection connection, List<Row> rows) throws SQLException {
    Set<Long> missing = new HashSet<>();
    for (Row row : rows) {
      long day = Math.floorDiv(row.micros(), DAY_MICROS);
      if (!days.contains(day)) {
        missing.add(day);
      }
    }
    if (missing.isEmpty()) {
      return;
    }
    try (PreparedStatement ensure = connection.prepareStatement("select ensure_telemetry_day(?)")) {
      for (long day : missing) {
        // One transaction each: a message may reach back over thousands of days, and a transaction
        // that makes as many partitions runs out of the server's locks.
        ensure.setObject(1, LocalDate.ofEpochDay(day));
        ensure.execute();
        connection.commit();
        days.add(day);
      }
    }
  }

  private static void copy(Connection connection, List<Row> rows, long batch) throws SQLException {
    ByteBuffer data = CopyEncoder.encode(rows, batch);
    CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(COPY);
    try {
      copy.writeToCopy(data.array(), 0, data.limit());
      copy.endCopy();
    } finally {
      if (copy.isActive()) {
        copy.cancelCopy();
      }
    }
  }

  private static Set<Row.Key> merge(Connection connection, List<Row> rows, long batch)
      throws SQLException {
    int n = rows.size();
    Object[][] columns = new Object[7][n];
    Set<Row.Key> absent = new HashSet<>(2 * n);
    for (int i = 0; i < n; i++) {
      Row row = rows.get(i);
      columns[0][i] = row.device();
      columns[1][i] = row.metric();
      columns[2][i] = timestamp(row.micros());
      columns[3][i] = Double.isNaN(row.value()) ? null : row.value();
      columns[4][i] = row.text();
      columns[5][i] = row.quality();
      columns[6][i] = BatchId.of(batch, row.mapping());
      absent.add(row.key());
    }
    String[] types = {"int4", "int4", "timestamptz", "float8", "text", "int2", "int8"};
    List<Array> arrays = new ArrayList<>();
    try (PreparedStatement insert = connection.prepareStatement(MERGE)) {
      for (int c = 0; c < types.length; c++) {
        Array array = connection.createArrayOf(types[c], columns[c]);
        arrays.add(array);
        insert.setArray(c + 1, array);
      }
      try (ResultSet stored = insert.executeQuery()) {
        while (stored.next()) {
          Instant ts = stored.getTimestamp(3).toInstant();
          absent.remove(
              new Row.Key(
                  stored.getInt(1),
                  stored.getInt(2),
                  ts.getEpochSecond() * 1_000_000 + ts.getNano() / 1_000));
        }
      }
    } finally {
      for (Array array : arrays) {
        array.free();
      }
    }
    return absent;
  }

  private static String timestamp(long micros) {
    Instant ts =
        Instant.ofEpochSecond(
            Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1_000);
    return ts.atOffset(ZoneOffset.UTC).toString();
  }

  /**
   * Forgets which partitions and series exist, for after a lost connection or a dropped partition.
   */
  void forgetDaysAndSeries() {
    days.clear();
    newSeries.forget();
  }

  static long micros(Instant ts) {
    return Math.addExact(Math.multiplyExact(ts.getEpochSecond(), 1_000_000L), ts.getNano() / 1_000);
  }
}
