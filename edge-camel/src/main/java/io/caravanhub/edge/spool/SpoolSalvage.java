package io.caravanhub.edge.spool;

import io.caravanhub.edge.clock.ClockSegment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sets a corrupt file aside as {@code <file>.corrupt-<time>} and begins a new one with the records
 * that can still be read.
 *
 * <p>When the epoch can be read the new file goes on with it and the records keep their numbers, so
 * that the hub knows again what it has; new numbers begin far above what the old file can have
 * given.
 */
final class SpoolSalvage {
  private static final Logger LOG = LoggerFactory.getLogger(SpoolSalvage.class);
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS").withZone(ZoneOffset.UTC);
  private static final long GAP = 1L << 32;
  private static final int KEPT_FILES = 3;
  private static final int MAX_STEP = 1024;

  private final Path file;
  private final RecordCodec codec;

  SpoolSalvage(Path file, RecordCodec codec) {
    this.file = file;
    this.codec = codec;
  }

  /** What was done. */
  record Result(Path aside, long records) {}

  private Path fresh() {
    return file.resolveSibling(file.getFileName() + ".new");
  }

  /** Ends what a process that was killed began. */
  void finish() throws IOException {
    if (Files.exists(fresh())) {
      if (Files.exists(file)) {
        deleteAll(fresh());
      } else {
        Files.move(fresh(), file, StandardCopyOption.ATOMIC_MOVE);
      }
    }
  }

  /** Nobody may have the file open. */
  Result run() throws IOException, SQLException {
    deleteAll(fresh());
    long records;
    try (SpoolFile target = SpoolFile.open(fresh(), true);
        Connection into = SpoolFile.connect(fresh())) {
      records = copy(into, target);
    }
    Path aside =
        file.resolveSibling(
            file.getFileName() + ".corrupt-" + TIME.format(Clock.systemUTC().instant()));
    for (String part : List.of("-wal", "-shm", "")) {
      Path from = Path.of(file + part);
      if (Files.exists(from)) {
        Files.move(from, Path.of(aside + part));
      }
    }
    Files.move(fresh(), file, StandardCopyOption.ATOMIC_MOVE);
    forgetOldest();
    return new Result(aside, records);
  }

  private long copy(Connection into, SpoolFile target) throws SQLException {
    long copied = 0;
    try (Connection from = SpoolFile.connect(file)) {
      try (Statement sql = from.createStatement()) {
        // Else SQLite reads nothing of a file that is shorter than it says.
        sql.execute("PRAGMA writable_schema = ON");
      }
      into.setAutoCommit(false);
      copied = records(from, into);
      into.commit();
      into.setAutoCommit(true);
      long highest = sequence(from, into);
      try (Statement sql = into.createStatement()) {
        sql.execute("DELETE FROM sqlite_sequence WHERE name = 'record'");
        sql.execute("INSERT INTO sqlite_sequence VALUES ('record', " + (highest + GAP) + ")");
      }
      for (ClockSegment segment : SpoolFile.clocks(from)) {
        target.save(segment);
      }
      takeOver(from, target);
    } catch (SQLException | RuntimeException e) {
      LOG.warn("{} cannot be read any further: {}", file, e.getMessage());
      if (!into.getAutoCommit()) {
        into.commit();
        into.setAutoCommit(true);
      }
    }
    target.save("records", copied);
    return copied;
  }

  private static void takeOver(Connection from, SpoolFile target) throws SQLException {
    try (Statement sql = from.createStatement();
        ResultSet row = sql.executeQuery("SELECT name, value FROM spool")) {
      while (row.next()) {
        if (!row.getString(1).equals("records")) {
          target.save(row.getString(1), row.getObject(2));
        }
      }
    }
  }

  private static long sequence(Connection from, Connection into) throws SQLException {
    long highest = number(into, "SELECT ifnull(max(seq), 0) FROM record");
    try {
      return Math.max(highest, number(from, "SELECT max(seq) FROM sqlite_sequence"));
    } catch (SQLException e) {
      return highest;
    }
  }

  private static long number(Connection connection, String query) throws SQLException {
    try (Statement sql = connection.createStatement();
        ResultSet row = sql.executeQuery(query)) {
      return row.next() ? row.getLong(1) : 0;
    }
  }

  /** Reads on behind every page that cannot be read. */
  private long records(Connection from, Connection into) throws SQLException {
    long upper = upper(from);
    long next = 0;
    long step = 16;
    long copied = 0;
    try (PreparedStatement insert =
        into.prepareStatement(
            "INSERT OR IGNORE INTO record(seq, device, kind, clock, received, body)"
                + " VALUES (?, ?, ?, ?, ?, ?)")) {
      while (next <= upper) {
        long reached = next;
        try (Statement sql = from.createStatement();
            ResultSet row =
                sql.executeQuery(
                    "SELECT seq, device, kind, clock, received, body FROM record WHERE seq >= "
                        + next
                        + " ORDER BY seq")) {
          while (row.next()) {
            copied += copy(row, insert);
            reached = Math.max(reached, row.getLong(1) + 1);
          }
          return copied;
        } catch (SQLException e) {
          step = reached > next ? 16 : Math.min(step * 2, MAX_STEP);
          next = reached + step;
        }
      }
    }
    return copied;
  }

  private static long upper(Connection from) {
    for (String query :
        List.of("SELECT max(seq) FROM sqlite_sequence", "SELECT max(seq) FROM record")) {
      try {
        return number(from, query);
      } catch (SQLException e) {
        LOG.debug("{}: {}", query, e.getMessage());
      }
    }
    return 0;
  }

  private int copy(ResultSet row, PreparedStatement insert) throws SQLException {
    String device = row.getString(2);
    byte[] body = row.getBytes(6);
    int kind = row.getInt(3);
    if (row.getLong(1) <= 0 || device == null || body == null || kind < 0 || kind > 2) {
      return 0;
    }
    try {
      codec.decode(device, body);
    } catch (DamagedRecordException e) {
      return 0;
    }
    insert.setLong(1, row.getLong(1));
    insert.setString(2, device);
    insert.setInt(3, kind);
    insert.setLong(4, row.getLong(4));
    insert.setLong(5, row.getLong(5));
    insert.setBytes(6, body);
    return insert.executeUpdate();
  }

  /** A card that dies must not fill itself with what it spoilt. */
  private void forgetOldest() throws IOException {
    try (Stream<Path> beside = Files.list(file.toAbsolutePath().resolveSibling(""))) {
      List<Path> aside =
          beside
              .filter(
                  path ->
                      path.getFileName().toString().startsWith(file.getFileName() + ".corrupt-")
                          && !path.toString().matches(".*-(wal|shm)"))
              .sorted()
              .toList();
      for (Path old : aside.subList(0, Math.max(0, aside.size() - KEPT_FILES))) {
        LOG.warn("Deletes {}: only the last {} are kept", old, KEPT_FILES);
        deleteAll(old);
      }
    }
  }

  private static void deleteAll(Path path) throws IOException {
    for (String part : List.of("", "-wal", "-shm", "-journal")) {
      Files.deleteIfExists(Path.of(path + part));
    }
  }
}
