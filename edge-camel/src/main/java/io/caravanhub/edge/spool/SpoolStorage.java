package io.caravanhub.edge.spool;

import io.caravanhub.core.telemetry.StoreBusyException;
import io.caravanhub.edge.clock.ClockSegment;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The file as it is now: opened, checked, set aside, opened anew. For the writer's thread. */
final class SpoolStorage {
  private static final Logger LOG = LoggerFactory.getLogger(SpoolStorage.class);
  private static final long CHECKED_BYTES = 64L << 20;
  private static final long ROOM_BYTES = 16L << 20;
  private static final long ROOM_EVERY = TimeUnit.MILLISECONDS.toNanos(500);

  private static final long SALVAGE_EVERY = TimeUnit.SECONDS.toNanos(60);
  private static final String CANNOT_BE_OPENED = "spool.file: cannot be opened: ";

  /**
   * What a log can hold and more: SQLite reads one with a damaged place as if it ended there, and
   * numbers that were given, and known to the hub, would be given again.
   */
  private static final long LEAP = 1L << 20;

  private final SpoolSettings settings;
  private final SpoolCounts counts;
  private final SpoolReader reader;
  private final RecordCodec codec;
  private final SpoolSalvage salvage;
  private final SetAside aside;
  private final FileLock lock;
  private @Nullable SpoolFile file;
  private volatile Reached reached = new Reached("", 0);
  private volatile long used;
  private volatile @Nullable String lastCorrupt;
  private long roomLooked;
  private boolean room = true;
  private long pageLimit;

  /** The log was there when the file was opened: whoever had it open was killed. */
  private boolean killed;

  private boolean leapt;

  /** How far the file goes that is open now. */
  record Reached(String epoch, long highest) {}

  private boolean keyProven;
  private long salvageFailed;

  /**
   * Opens the file; one that is not a spool is set aside.
   *
   * @throws IllegalArgumentException when another process has it, the folder cannot be written, or
   *     the key is not the file's
   * @throws IllegalStateException when the disk is full
   */
  SpoolStorage(SpoolSettings settings, SpoolCounts counts) {
    this.settings = settings;
    this.counts = counts;
    this.aside = new SetAside(settings.file());
    this.lock = lock(settings.file());
    SpoolSeal seal;
    try {
      SpoolSalvage.finish(settings.file(), aside);
      aside.look();
      killed = Files.exists(Path.of(settings.file() + "-wal"));
      seal = SpoolSeal.of(settings);
    } catch (IOException e) {
      unlock();
      throw unusable(settings.file(), CANNOT_BE_OPENED, e);
    } catch (IllegalArgumentException e) {
      unlock();
      throw e;
    }
    this.codec = seal.codec();
    this.reader = new SpoolReader(settings.file(), codec);
    this.salvage = new SpoolSalvage(settings.file(), codec, aside);
    keyProven = seal.proven();
    try {
      open();
      keyProven = true;
    } catch (IOException | SQLException e) {
      close();
      unlock();
      throw unusable(settings.file(), CANNOT_BE_OPENED, e);
    }
  }

  // A wrong setting stays wrong; a full disk may have room at the next start.
  private static RuntimeException unusable(Path file, String what, Exception e) {
    Path folder = file.toAbsolutePath().resolveSibling("");
    boolean full =
        e instanceof SQLException error && SpoolErrors.full(error)
            || Files.isDirectory(folder) && folder.toFile().getUsableSpace() < ROOM_BYTES;
    return full
        ? new IllegalStateException(what + "the disk is full (" + e.getMessage() + ")", e)
        : new IllegalArgumentException(what + e.getMessage(), e);
  }

  private static FileLock lock(Path file) {
    Path beside = file.resolveSibling(file.getFileName() + ".lock");
    try {
      Files.createDirectories(file.toAbsolutePath().resolveSibling(""));
      FileChannel channel =
          FileChannel.open(beside, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = channel.tryLock();
      if (lock != null) {
        return lock;
      }
      channel.close();
    } catch (OverlappingFileLockException e) {
      LOG.debug("{} is locked in this process", beside);
    } catch (IOException e) {
      throw unusable(file, "spool.file: cannot be written: ", e);
    }
    throw new IllegalArgumentException("spool.file: another gateway uses " + file);
  }

  private void open() throws IOException, SQLException {
    try {
      SpoolFile opened = SpoolFile.open(settings.file(), settings.fullSync());
      file = opened;
      if (Files.size(settings.file()) <= CHECKED_BYTES && !opened.isWhole()) {
        setAside("the check finds damage");
        return;
      }
      opened(opened);
    } catch (SQLException e) {
      if (!SpoolErrors.corrupt(e)) {
        throw e;
      }
      setAside(String.valueOf(e.getMessage()));
    }
  }

  private void opened(SpoolFile opened) throws SQLException {
    counts.load(opened);
    if (pageLimit > 0) {
      opened.limitPages(pageLimit);
    }
    committed(opened, opened.epoch());
  }

  /** The open file; opens it anew after an error of the disk. */
  SpoolFile file() throws SQLException {
    SpoolFile open = file;
    if (open != null) {
      return open;
    }
    reader.close();
    try {
      SpoolSalvage.finish(settings.file(), aside);
    } catch (IOException e) {
      throw new SQLException("the file that was saved cannot take its place: " + e.getMessage(), e);
    }
    return begin();
  }

  /** Whoever reads waits: what is found in a file belongs to its epoch. */
  private SpoolFile begin() throws SQLException {
    synchronized (reader) {
      reader.close();
      SpoolFile begun = SpoolFile.open(settings.file(), settings.fullSync());
      file = begun;
      opened(begun);
      return begun;
    }
  }

  /** Whether the file is corrupt and was not to be saved a while ago. */
  boolean salvagePauses() {
    return salvageFailed != 0 && System.nanoTime() - salvageFailed < SALVAGE_EVERY;
  }

  /**
   * Moves the file away and begins a new one with what can still be read.
   *
   * @param reason why, for people
   * @throws SQLException when there is no room for the new one; it is tried again after a while
   */
  void setAside(String reason) throws IOException, SQLException {
    if (salvagePauses()) {
      throw new SQLException("the spool is corrupt, and cannot be saved yet: " + reason);
    }
    salvageFailed = System.nanoTime();
    SpoolSalvage.Result result;
    // Whoever reads waits, and does not open the old file again.
    synchronized (reader) {
      close();
      result = salvage.run(counts.corrupt.get() + 1, pageLimit, keyProven);
      salvageFailed = 0;
      killed = false;
      lastCorrupt = result.aside().toString();
      begin();
    }
    LOG.error(
        "The spool is corrupt ({}): set aside as {}, {} records saved from it",
        reason,
        result.aside(),
        result.records());
  }

  /** Throws while the disk has too little room for anything new. */
  void requireRoom() {
    long now = System.nanoTime();
    if (now - roomLooked > ROOM_EVERY || roomLooked == 0) {
      roomLooked = now;
      room = hasRoom();
      while (!room && giveWay()) {
        room = hasRoom();
      }
    }
    if (!room) {
      throw new StoreBusyException("the disk is full");
    }
  }

  private boolean hasRoom() {
    return settings.folder().toFile().getUsableSpace() > ROOM_BYTES;
  }

  /** Files that were set aside count against the bound, and go before records do. */
  void boundSetAside(SpoolFile open) throws SQLException {
    boolean given = true;
    while (given && aside.bytes() > 0 && open.usedBytes() + aside.bytes() > settings.maxBytes()) {
      given = giveWay();
    }
  }

  private boolean giveWay() {
    long before = aside.bytes();
    try {
      aside.giveWay();
    } catch (IOException e) {
      LOG.warn("{} cannot be made room for: {}", settings.file(), e.toString());
    }
    return aside.bytes() < before;
  }

  RecordCodec codec() {
    return codec;
  }

  SpoolReader reader() {
    return reader;
  }

  /** Before the first new record, within its transaction. */
  void leap(SpoolFile open) throws SQLException {
    if (killed) {
      open.leap(LEAP);
      leapt = true;
    }
  }

  void committed(SpoolFile open) throws SQLException {
    killed &= !leapt;
    leapt = false;
    committed(open, reached.epoch());
  }

  private void committed(SpoolFile open, String epoch) throws SQLException {
    used = open.usedBytes();
    reached = new Reached(epoch, open.highest());
  }

  void rollback() {
    leapt = false;
    SpoolFile open = file;
    if (open != null) {
      open.rollback();
    }
  }

  /** Closes the connections; {@link #file()} opens the file anew. */
  void close() {
    reader.close();
    SpoolFile open = file;
    file = null;
    if (open != null) {
      try {
        open.close();
      } catch (SQLException e) {
        LOG.debug("closing: {}", e.getMessage());
      }
    }
  }

  /** Lets another process have the file. */
  void unlock() {
    try {
      lock.acquiredBy().close();
    } catch (IOException e) {
      LOG.debug("unlocking: {}", e.getMessage());
    }
  }

  void limitPages(long pages) throws SQLException {
    pageLimit = pages;
    file().limitPages(pages);
  }

  List<ClockSegment> clocks() throws SQLException {
    return file().clocks();
  }

  /** The file's epoch and the highest number given in it. Any thread. */
  Reached reached() {
    return reached;
  }

  String epoch() {
    return reached.epoch();
  }

  long highest() {
    return reached.highest();
  }

  /** Bytes in use. Any thread. */
  long used() {
    return used;
  }

  /** The file set aside last. Any thread. */
  @Nullable String lastCorrupt() {
    return lastCorrupt;
  }
}
