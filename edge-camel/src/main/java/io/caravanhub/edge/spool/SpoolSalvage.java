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
import java.time.Instant;
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
 * <p>When the epoch and the highest number given can be read, the new file goes on with them and
 * the records keep their numbers, so that the hub knows again what it has; new numbers begin far
 * above all that the old file can have given. Else it has an epoch of its own, and what the hub had
 * already comes once more, rather than that something new takes a number that the hub knows.
 */
final class SpoolSalvage {
  private static final Logger LOG = LoggerFactory.getLogger(SpoolSalvage.class);
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS").withZone(ZoneOffset.UTC);
  private static final long GAP = 1L << 32;
  private static final String READY = ".ready-";
  private static final int MAX_STEP = 1024;

  private static final int KEYLESS = 3;

  private final Path file;
  private final RecordCodec codec;
  private final SetAside aside;
  private long opened;
  private long unopened;

  SpoolSalvage(Path file, RecordCodec codec, SetAside aside) {
    this.file = file;
    this.codec = codec;
    this.aside = aside;
  }

  /** What was done. */
  record Result(Path aside, long records) {}

  /** The new file cannot be written; the old one is left as it is. */
  private static final class NoTargetException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final SQLException error;

    NoTargetException(SQLException error) {
      super(error);
      this.error = error;
    }
  }

  private static Path fresh(Path file) {
    return file.resolveSibling(file.getFileName() + ".new");
  }

  /** Ends what a process that was killed began: a new file that is ready takes its place. */
  static void finish(Path file, SetAside aside) throws IOException {
    Path fresh = fresh(file);
    if (Files.exists(fresh) && !Files.exists(file)) {
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }
    SetAside.deleteAll(fresh);
    List<Path> ready;
    try (Stream<Path> beside = Files.list(file.toAbsolutePath().resolveSibling(""))) {
      ready =
          beside
              .filter(path -> path.getFileName().toString().startsWith(file.getFileName() + READY))
              .toList();
    }
    for (Path whole : ready) {
      replace(file, whole, aside);
    }
  }

  /** The log goes first, but while the new file waits nobody opens the old one without it. */
  private static Path replace(Path file, Path ready, SetAside aside) throws IOException {
    String name = ready.getFileName().toString();
    Path away = aside.at(name.substring(name.lastIndexOf(READY) + READY.length()));
    for (String part : List.of("-wal", "-shm", "")) {
      Path from = Path.of(file + part);
      if (Files.exists(from)) {
        Files.move(from, Path.of(away + part));
      }
    }
    Files.move(ready, file, StandardCopyOption.ATOMIC_MOVE);
    return away;
  }

  /**
   * Nobody may have the file open.
   *
   * @param files how many were set aside with this one
   * @param pageLimit what the new file may grow to, 0 for no limit; for tests
   * @param keyProven whether the key is known to be the file's
   * @throws SQLException when there is no room for the new file; the old one is where it was
   */
  Result run(long files, long pageLimit, boolean keyProven) throws IOException, SQLException {
    Path fresh = fresh(file);
    SetAside.deleteAll(fresh);
    opened = 0;
    unopened = 0;
    long records;
    try (SpoolFile target = SpoolFile.open(fresh, true);
        Connection into = SpoolFile.connect(fresh)) {
      if (pageLimit > 0) {
        number(into, "PRAGMA max_page_count = " + pageLimit);
      }
      records = copy(into, target);
      target.save("records", records);
      target.save("corrupt", files);
    } catch (NoTargetException e) {
      SetAside.deleteAll(fresh);
      throw new SQLException(
          "no room to save what can be read of " + file + ": " + e.error.getMessage(),
          e.error.getSQLState(),
          e.error.getErrorCode(),
          e);
    } catch (SQLException | RuntimeException e) {
      SetAside.deleteAll(fresh);
      throw e;
    }
    if (Files.exists(Path.of(fresh + "-wal")) && Files.size(Path.of(fresh + "-wal")) > 0) {
      SetAside.deleteAll(fresh);
      throw new IOException("no room to save what can be read of " + file);
    }
    if (!keyProven && opened == 0 && unopened >= KEYLESS) {
      SetAside.deleteAll(fresh);
      throw new IOException(
          "none of the records in " + file + " can be read with the key; put the right one back");
    }
    for (String part : List.of("-wal", "-shm")) {
      Files.deleteIfExists(Path.of(fresh + part));
    }
    Path ready = file.resolveSibling(file.getFileName() + READY + TIME.format(now()));
    Files.move(fresh, ready, StandardCopyOption.ATOMIC_MOVE);
    Path away = replace(file, ready, aside);
    aside.look();
    return new Result(away, records);
  }

  private static Instant now() {
    return Clock.systemUTC().instant();
  }

  private long copy(Connection into, SpoolFile target) throws SQLException {
    long copied = 0;
    try (Connection from = SpoolFile.connect(file)) {
      try (Statement sql = from.createStatement()) {
        // Else SQLite reads nothing of a file that is shorter than it says.
        sql.execute("PRAGMA writable_schema = ON");
      }
      copied = records(from, into);
      long given = given(from);
      long highest = number(into, "SELECT ifnull(max(seq), 0) FROM record");
      target(
          () -> {
            try (Statement sql = into.createStatement()) {
              sql.execute("DELETE FROM sqlite_sequence WHERE name = 'record'");
              sql.execute(
                  "INSERT INTO sqlite_sequence VALUES ('record', "
                      + (Math.max(given, highest) + GAP)
                      + ")");
            }
          });
      for (ClockSegment segment : SpoolFile.clocks(from)) {
        target(() -> target.save(segment));
      }
      // Numbers that the old file may have given are not given again within an epoch.
      takeOver(from, target, given > 0 && given >= highest);
    } catch (SQLException e) {
      LOG.warn("{} cannot be read any further: {}", file, e.getMessage());
    }
    return copied;
  }

  /** What writes into the new file: its errors are no reason to read on elsewhere. */
  private interface Write {
    void run() throws SQLException;
  }

  private static void target(Write write) {
    try {
      write.run();
    } catch (SQLException e) {
      throw new NoTargetException(e);
    }
  }

  private static void takeOver(Connection from, SpoolFile target, boolean epochToo)
      throws SQLException {
    try (Statement sql = from.createStatement();
        ResultSet row = sql.executeQuery("SELECT name, value FROM spool")) {
      while (row.next()) {
        String name = row.getString(1);
        Object value = row.getObject(2);
        if (epochToo || !name.equals("epoch")) {
          target(() -> target.save(name, value));
        }
      }
    }
  }

  /** The highest number that the old file has given, 0 when that cannot be read any more. */
  private static long given(Connection from) {
    try {
      return number(from, "SELECT max(seq) FROM sqlite_sequence WHERE name = 'record'");
    } catch (SQLException e) {
      return 0;
    }
  }

  private static long number(Connection connection, String query) throws SQLException {
    try (Statement sql = connection.createStatement();
        ResultSet row = sql.executeQuery(query)) {
      return row.next() ? row.getLong(1) : 0;
    }
  }

  /** Reads on behind every page that cannot be read. */
  private long records(Connection from, Connection into) {
    long[] copied = {0};
    target(
        () -> {
          into.setAutoCommit(false);
          try (PreparedStatement insert =
              into.prepareStatement(
                  "INSERT OR IGNORE INTO record(seq, device, kind, clock, received, body)"
                      + " VALUES (?, ?, ?, ?, ?, ?)")) {
            copied[0] = records(from, insert);
          }
          into.commit();
          into.setAutoCommit(true);
        });
    return copied[0];
  }

  private long records(Connection from, PreparedStatement insert) {
    long upper = upper(from);
    long next = 0;
    long step = 16;
    long copied = 0;
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
      } catch (NoTargetException e) {
        throw e;
      } catch (SQLException | RuntimeException e) {
        step = reached > next ? 16 : Math.min(step * 2, MAX_STEP);
        next = reached + step;
      }
    }
    return copied;
  }

  private static long upper(Connection from) {
    for (String query :
        List.of("SELECT max(seq) FROM sqlite_sequence", "SELECT max(seq) FROM record")) {
      try {
        long upper = number(from, query);
        if (upper > 0) {
          return upper;
        }
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
    boolean encrypted = RecordCodec.encrypted(body);
    try {
      codec.decode(device, body);
    } catch (DamagedRecordException e) {
      unopened += encrypted ? 1 : 0;
      return 0;
    }
    opened += encrypted ? 1 : 0;
    long seq = row.getLong(1);
    long clock = row.getLong(4);
    long received = row.getLong(5);
    int[] inserted = {0};
    target(
        () -> {
          insert.setLong(1, seq);
          insert.setString(2, device);
          insert.setInt(3, kind);
          insert.setLong(4, clock);
          insert.setLong(5, received);
          insert.setBytes(6, body);
          inserted[0] = insert.executeUpdate();
        });
    return inserted[0];
  }
}
