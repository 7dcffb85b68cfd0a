package io.caravanhub.hub.timeseries;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Notes which metrics a device sends, in the transaction that stores the first row of each, so that
 * they need not be looked for among its rows. A batch without a first row costs a look into a set.
 * Thread-safe.
 */
final class NewSeries {
  private static final int REMEMBERED = 1_000_000;

  private final Set<Long> known = new HashSet<>();

  /**
   * Notes the series of these rows, which are sorted, that are not known to be noted.
   *
   * @return what was noted, to be {@link #committed} when the transaction is
   */
  synchronized List<Long> note(Connection connection, List<Row> rows) throws SQLException {
    List<Long> found = new ArrayList<>();
    Row before = null;
    for (Row row : rows) {
      if (before == null || before.device() != row.device() || before.metric() != row.metric()) {
        long series = ((long) row.device() << 32) | row.metric();
        if (!known.contains(series)) {
          found.add(series);
        }
      }
      before = row;
    }
    if (!found.isEmpty()) {
      enter(connection, found);
    }
    return found;
  }

  /** Takes note of a commit: these need not be noted again. */
  synchronized void committed(List<Long> noted) {
    if (known.size() + noted.size() > REMEMBERED) {
      known.clear();
    }
    known.addAll(noted);
  }

  /** For after a lost connection: what comes back may be an older store. */
  synchronized void forget() {
    known.clear();
  }

  private static void enter(Connection connection, List<Long> series) throws SQLException {
    Array devices =
        connection.createArrayOf(
            "int4", series.stream().map(s -> (int) (s >>> 32)).toArray(Integer[]::new));
    Array metrics =
        connection.createArrayOf(
            "int4", series.stream().map(Long::intValue).toArray(Integer[]::new));
    try (PreparedStatement insert =
        connection.prepareStatement(
            "insert into telemetry_series select * from unnest(?, ?) on conflict do nothing")) {
      insert.setArray(1, devices);
      insert.setArray(2, metrics);
      insert.execute();
    } finally {
      devices.free();
      metrics.free();
    }
  }
}
