package io.caravanhub.hub.timeseries;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Notes which hours of which devices the rollups have to look at again, in the transaction that
 * stores their late rows. A batch without late rows costs one short statement, and on TimescaleDB,
 * which takes note by itself, nothing. Thread-safe.
 */
final class LateHours {
  private static final long HOUR_MICROS = 3_600_000_000L;

  private final Set<Hour> noted = new HashSet<>();
  private long round;
  private @Nullable Boolean needed;

  /** Rows of one device in one UTC hour, counted from 1970. */
  private record Hour(int device, long hour) {}

  /** What a transaction noted, and in which round of the rollups. */
  record HoursOfRound(long round, Set<Hour> hours) {
    static final HoursOfRound NOTHING = new HoursOfRound(0, Set.of());
  }

  /**
   * Notes the hours of those rows that are late.
   *
   * @return what was noted, to be {@link #committed} when the transaction is
   */
  synchronized HoursOfRound note(Connection connection, List<Row> rows) throws SQLException {
    if (!needed(connection)) {
      return HoursOfRound.NOTHING;
    }
    long lateBefore = lateBefore(connection);
    Set<Hour> late = new HashSet<>();
    Hour before = null;
    for (Row row : rows) {
      if (row.micros() < lateBefore) {
        long hour = Math.floorDiv(row.micros(), HOUR_MICROS);
        if (before == null || before.device != row.device() || before.hour != hour) {
          before = new Hour(row.device(), hour);
          late.add(before);
        }
      }
    }
    late.removeAll(noted);
    if (!late.isEmpty()) {
      enter(connection, late);
    }
    return new HoursOfRound(round, late);
  }

  /** Takes note of a commit: these hours need not be noted again in this round. */
  synchronized void committed(HoursOfRound written) {
    if (written.round == round) {
      noted.addAll(written.hours);
    }
  }

  private boolean needed(Connection connection) throws SQLException {
    Boolean known = needed;
    if (known == null) {
      try (Statement statement = connection.createStatement();
          ResultSet store = statement.executeQuery("select telemetry_store() = 'partitions'")) {
        store.next();
        known = store.getBoolean(1);
        needed = known;
      }
    }
    return known;
  }

  private long lateBefore(Connection connection) throws SQLException {
    try (PreparedStatement lateness =
            connection.prepareStatement("select late_before, round from telemetry_lateness()");
        ResultSet row = lateness.executeQuery()) {
      row.next();
      if (row.getLong(2) != round) {
        round = row.getLong(2);
        noted.clear();
      }
      return TelemetryTable.micros(row.getTimestamp(1).toInstant());
    }
  }

  private static void enter(Connection connection, Set<Hour> late) throws SQLException {
    Integer[] devices = late.stream().map(Hour::device).toArray(Integer[]::new);
    Timestamp[] hours =
        late.stream().map(h -> new Timestamp(h.hour * 3_600_000L)).toArray(Timestamp[]::new);
    Array deviceArray = connection.createArrayOf("int4", devices);
    Array hourArray = connection.createArrayOf("timestamptz", hours);
    try (PreparedStatement note = connection.prepareStatement("select note_late_telemetry(?, ?)")) {
      note.setArray(1, deviceArray);
      note.setArray(2, hourArray);
      note.execute();
    } finally {
      deviceArray.free();
      hourArray.free();
    }
  }
}
