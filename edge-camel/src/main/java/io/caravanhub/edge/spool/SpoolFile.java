package io.caravanhub.edge.spool;

import io.caravanhub.edge.clock.ClockSegment;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The writer's connection to the SQLite file: write-ahead log, so that readers and the writer do
 * not wait for each other. For one thread.
 */
final class SpoolFile implements AutoCloseable {
  /** Written into the file; another number is another format. */
  static final int FORMAT = 1;

  private static final String[] SCHEMA = {
    "CREATE TABLE IF NOT EXISTS spool(name TEXT PRIMARY KEY, value) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS clock(id INTEGER PRIMARY KEY, boot TEXT NOT NULL,"
        + " base INTEGER NOT NULL, wall_start INTEGER NOT NULL, offset INTEGER,"
        + " settled INTEGER NOT NULL)",
    "CREATE TABLE IF NOT EXISTS record(seq INTEGER PRIMARY KEY AUTOINCREMENT,"
        + " device TEXT NOT NULL, kind INTEGER NOT NULL, clock INTEGER NOT NULL,"
        + " received INTEGER NOT NULL, body BLOB NOT NULL)",
    "CREATE INDEX IF NOT EXISTS event ON record(seq) WHERE kind = 2"
  };

  private final Connection connection;
  private Statements statements;
  private final int pageSize;
  private boolean failed;

  private SpoolFile(Connection connection) throws SQLException {
    this.connection = connection;
    statements = Statements.of(connection);
    pageSize = (int) number("PRAGMA page_size");
  }

  /** What is run often. */
  private record Statements(
      PreparedStatement insert,
      PreparedStatement delete,
      PreparedStatement saveClock,
      PreparedStatement saveValue) {
    static Statements of(Connection connection) throws SQLException {
      return new Statements(
          connection.prepareStatement(
              "INSERT INTO record(device, kind, clock, received, body) VALUES (?, ?, ?, ?, ?)"),
          connection.prepareStatement("DELETE FROM record WHERE seq BETWEEN ? AND ?"),
          connection.prepareStatement("INSERT OR REPLACE INTO clock VALUES (?, ?, ?, ?, ?, ?)"),
          connection.prepareStatement("INSERT OR REPLACE INTO spool VALUES (?, ?)"));
    }

    void close() throws SQLException {
      insert.close();
      delete.close();
      saveClock.close();
      saveValue.close();
    }
  }

  /**
   * Opens the file, makes it when there is none.
   *
   * @throws SQLException also when it is not a spool, or not whole as far as a quick look tells
   */
  static SpoolFile open(Path file, boolean fullSync) throws SQLException {
    Connection connection = connect(file);
    try (Statement sql = connection.createStatement()) {
      sql.execute("PRAGMA journal_mode = WAL");
      sql.execute("PRAGMA synchronous = " + (fullSync ? "FULL" : "NORMAL"));
      sql.execute("PRAGMA cache_size = -1024");
      // What the log keeps of the disk is what deleting needs when the disk is full.
      sql.execute("PRAGMA journal_size_limit = 4194304");
      for (String table : SCHEMA) {
        sql.execute(table);
      }
      SpoolFile opened = new SpoolFile(connection);
      if (opened.value("epoch") == null) {
        opened.begin();
        opened.save("epoch", UUID.randomUUID().toString());
        opened.save("format", FORMAT);
        opened.commit();
      }
      return opened;
    } catch (SQLException | RuntimeException e) {
      connection.close();
      throw e;
    }
  }

  static Connection connect(Path file) throws SQLException {
    Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
    try (Statement sql = connection.createStatement()) {
      sql.execute("PRAGMA busy_timeout = 10000");
    }
    return connection;
  }

  String epoch() throws SQLException {
    return String.valueOf(value("epoch"));
  }

  void begin() throws SQLException {
    if (failed) {
      statements.close();
      statements = Statements.of(connection);
      failed = false;
    }
    execute("BEGIN IMMEDIATE");
  }

  void commit() throws SQLException {
    execute("COMMIT");
  }

  /** Back to before {@link #begin()}; says nothing when there is nothing to go back from. */
  void rollback() {
    // A statement that failed cannot always be used again.
    failed = true;
    try {
      execute("ROLLBACK");
    } catch (SQLException e) {
      // Some errors have rolled back already.
    }
  }

  void insert(SpoolRecord record, byte[] body) throws SQLException {
    statements.insert.setString(1, record.device());
    statements.insert.setInt(2, record.kind().ordinal());
    statements.insert.setLong(3, record.clock());
    statements.insert.setLong(4, record.received());
    statements.insert.setBytes(5, body);
    statements.insert.executeUpdate();
  }

  /** Deletes from one number to another, both included; returns how many there were. */
  int delete(long from, long to) throws SQLException {
    statements.delete.setLong(1, from);
    statements.delete.setLong(2, to);
    return statements.delete.executeUpdate();
  }

  void save(ClockSegment segment) throws SQLException {
    statements.saveClock.setLong(1, segment.id());
    statements.saveClock.setString(2, segment.boot());
    statements.saveClock.setLong(3, segment.base());
    statements.saveClock.setLong(4, segment.wallStart());
    statements.saveClock.setObject(5, segment.offset());
    statements.saveClock.setInt(6, segment.settled() ? 1 : 0);
    statements.saveClock.executeUpdate();
  }

  /** No number up to so many above the highest is given any more. */
  void leap(long numbers) throws SQLException {
    long highest = highest();
    execute("DELETE FROM sqlite_sequence WHERE name = 'record'");
    execute("INSERT INTO sqlite_sequence VALUES ('record', " + (highest + numbers) + ")");
  }

  void forgetClocksBefore(long id) throws SQLException {
    execute("DELETE FROM clock WHERE id < " + id);
  }

  List<ClockSegment> clocks() throws SQLException {
    return clocks(connection);
  }

  static List<ClockSegment> clocks(Connection connection) throws SQLException {
    List<ClockSegment> clocks = new ArrayList<>();
    try (Statement sql = connection.createStatement();
        ResultSet row = sql.executeQuery("SELECT * FROM clock ORDER BY id")) {
      while (row.next()) {
        long offset = row.getLong("offset");
        clocks.add(
            new ClockSegment(
                row.getLong("id"),
                row.getString("boot"),
                row.getLong("base"),
                row.getLong("wall_start"),
                row.wasNull() ? null : Long.valueOf(offset),
                row.getInt("settled") == 1));
      }
    }
    return clocks;
  }

  void save(String name, Object value) throws SQLException {
    statements.saveValue.setString(1, name);
    statements.saveValue.setObject(2, value);
    statements.saveValue.executeUpdate();
  }

  @Nullable Object value(String name) throws SQLException {
    try (PreparedStatement sql =
        connection.prepareStatement("SELECT value FROM spool WHERE name = ?")) {
      sql.setString(1, name);
      try (ResultSet row = sql.executeQuery()) {
        return row.next() ? row.getObject(1) : null;
      }
    }
  }

  /** Bytes of the file in use; pages that deletion left free do not count. */
  long usedBytes() throws SQLException {
    return (number("PRAGMA page_count") - number("PRAGMA freelist_count")) * pageSize;
  }

  /** Lets the file grow no further, as a full disk would; for tests. */
  void limitPages(long pages) throws SQLException {
    number("PRAGMA max_page_count = " + pages);
  }

  /** The lowest number the file holds, 0 when it is empty. */
  long lowest() throws SQLException {
    return number("SELECT ifnull(min(seq), 0) FROM record");
  }

  /** The highest number ever given. */
  long highest() throws SQLException {
    return number("SELECT ifnull(max(seq), 0) FROM sqlite_sequence WHERE name = 'record'");
  }

  /** Oldest records from a number on, without their bodies. */
  List<Head> heads(long from, int limit) throws SQLException {
    List<Head> heads = new ArrayList<>();
    try (Statement sql = connection.createStatement();
        ResultSet row =
            sql.executeQuery(
                "SELECT seq, device, kind, clock, received FROM record WHERE seq >= "
                    + from
                    + " ORDER BY seq LIMIT "
                    + limit)) {
      while (row.next()) {
        heads.add(
            new Head(
                row.getLong(1),
                row.getString(2),
                row.getInt(3) == RecordKind.EVENT.ordinal(),
                row.getLong(4),
                row.getLong(5)));
      }
    }
    return heads;
  }

  /** What is known of a record without its body. */
  record Head(long seq, String device, boolean event, long clock, long received) {}

  /** Runs of numbers that follow each other, each deleted in one go; returns how many rows. */
  int delete(Collection<Long> ascending) throws SQLException {
    int deleted = 0;
    long from = 0;
    long to = -1;
    for (long seq : ascending) {
      if (seq != to + 1) {
        deleted += to >= from ? delete(from, to) : 0;
        from = seq;
      }
      to = seq;
    }
    return deleted + (to >= from ? delete(from, to) : 0);
  }

  /** Whether SQLite finds the file whole; reads all of it. */
  boolean isWhole() throws SQLException {
    try (Statement sql = connection.createStatement();
        ResultSet row = sql.executeQuery("PRAGMA quick_check(1)")) {
      return row.next() && "ok".equals(row.getString(1));
    }
  }

  private long number(String query) throws SQLException {
    try (Statement sql = connection.createStatement();
        ResultSet row = sql.executeQuery(query)) {
      return row.next() ? row.getLong(1) : 0;
    }
  }

  private void execute(String command) throws SQLException {
    try (Statement sql = connection.createStatement()) {
      sql.execute(command);
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
