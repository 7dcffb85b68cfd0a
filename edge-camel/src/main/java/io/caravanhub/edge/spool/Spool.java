package io.caravanhub.edge.spool;

import io.caravanhub.core.telemetry.StoreBusyException;
import io.caravanhub.edge.clock.GatewayClock;
import io.caravanhub.edge.clock.TimeSource;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps records on disk, in the order in which they came, until they are acknowledged. A record is
 * kept when its commit is on the disk; an SQLite file in write-ahead-log mode with {@code
 * synchronous=FULL} (sqlite.org/pragma.html) stands a power cut at any moment. A file that is
 * damaged all the same is set aside, and a new one begun with what can be read. Thread-safe.
 */
public final class Spool implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Spool.class);

  private final SpoolSettings settings;
  private final RecordCodec codec;
  private final SpoolCounts counts = new SpoolCounts();
  private final SpoolReader reader;
  private final Oversized oversized;
  private final SpoolStorage storage;
  private final SpoolWriter writer;
  private final GatewayClock clock;
  private final Thread thread;
  private volatile String unreadable = "";
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  /**
   * Opens the spool and begins to write.
   *
   * @throws IllegalArgumentException names the setting that is wrong
   */
  public Spool(SpoolSettings settings, TimeSource time) {
    this.settings = settings;
    if (System.getProperty("org.sqlite.tmpdir") == null) {
      // The driver unpacks its library there, and /tmp may forbid programs.
      System.setProperty("org.sqlite.tmpdir", settings.folder().toString());
    }
    storage = new SpoolStorage(settings, counts);
    codec = storage.codec();
    reader = storage.reader();
    oversized = new Oversized(settings, codec, counts);
    writer = new SpoolWriter(storage, settings, counts, () -> listeners.forEach(Runnable::run));
    try {
      clock = new GatewayClock(time, storage.clocks(), writer::save);
    } catch (SQLException e) {
      storage.close();
      storage.unlock();
      throw new IllegalArgumentException("spool.file: cannot be read: " + e.getMessage(), e);
    }
    writer.useClock(clock);
    thread = new Thread(writer, "spool-writer");
    thread.start();
  }

  /**
   * Keeps a record. One that is too large for any batch becomes a file beside the spool, and is
   * counted.
   *
   * @param done told null when it is on the disk, else why it is not: {@link StoreBusyException}
   *     when it may be tried again. Called on the writer's thread, or at once
   */
  public void append(SpoolRecord record, Consumer<@Nullable Throwable> done) {
    if (!Oversized.fits(record)) {
      done.accept(setAside(record));
      return;
    }
    byte[] stored = codec.encode(record.device(), record.body());
    if (!writer.offer(new SpoolWriter.Append(record, stored, done))) {
      counts.refused.incrementAndGet();
      done.accept(new StoreBusyException("too many records wait for the disk"));
    }
  }

  private @Nullable Throwable setAside(SpoolRecord record) {
    try {
      oversized.keep(record);
      return null;
    } catch (IOException e) {
      counts.refused.incrementAndGet();
      return new StoreBusyException("a message that is too large cannot be set aside", e);
    }
  }

  /** A part of the spool. */
  public record Slice(String epoch, List<StoredRecord> records, long reached) {}

  /**
   * Reads on, in ascending order.
   *
   * @param events whether events are wanted, or all but them
   * @param after the number after which to begin
   * @param upTo the last number wanted
   * @param records how many at most
   * @param bytes stops when the bodies come to this
   * @return also how far was read: damaged records are passed over, and counted. With an empty
   *     epoch when the file could not be read, or became another meanwhile: nothing is known then
   */
  public Slice read(boolean events, long after, long upTo, int records, int bytes) {
    String epoch = storage.epoch();
    try {
      SpoolReader.Read read = reader.read(events, after, upTo, records, bytes);
      unreadable = "";
      if (!read.damaged().isEmpty()) {
        counts.damaged.addAndGet(read.damaged().size());
        LOG.error("{} records of the spool are damaged and left out", read.damaged().size());
        var unused = forget(epoch, read.damaged());
      }
      if (epoch.equals(storage.epoch())) {
        return new Slice(epoch, read.records(), read.reached());
      }
    } catch (SQLException e) {
      if (SpoolErrors.corrupt(e)) {
        writer.suspect(String.valueOf(e.getMessage()));
      } else if (!String.valueOf(e.getMessage()).equals(unreadable)) {
        unreadable = String.valueOf(e.getMessage());
        LOG.warn("The spool cannot be read, and is tried again: {}", unreadable);
      }
      reader.close();
    }
    return new Slice("", List.of(), after);
  }

  /**
   * Deletes what the hub has.
   *
   * @param epoch that of the slice they were read in; of another one nothing is deleted
   * @param ascending their numbers
   * @return ends when the deletion is on the disk
   */
  public CompletableFuture<Void> forget(String epoch, List<Long> ascending) {
    return writer.forget(epoch, ascending);
  }

  /** Ends when what the clock has settled is on the disk. */
  public CompletableFuture<Void> clocksSaved() {
    return writer.clocksSaved();
  }

  /** Called after each commit with records, on the writer's thread. */
  public void onCommit(Runnable listener) {
    listeners.add(listener);
  }

  /** Tells this file from every other; numbers rise within it. */
  public String epoch() {
    return storage.epoch();
  }

  /**
   * How far the spool goes.
   *
   * @param epoch of the file
   * @param highest number given in this very file
   */
  public record Reached(String epoch, long highest) {}

  /** Epoch and highest number, of one moment. */
  public Reached reached() {
    SpoolStorage.Reached now = storage.reached();
    return new Reached(now.epoch(), now.highest());
  }

  /** The highest number given so far. */
  public long highest() {
    return storage.highest();
  }

  /** The lowest number still held; one above the highest when there is none. */
  public long lowest() {
    long next = highest() + 1;
    try {
      long lowest = reader.lowest();
      return lowest == 0 ? next : lowest;
    } catch (SQLException e) {
      LOG.debug("lowest: {}", e.getMessage());
      return 1;
    }
  }

  /** The gateway's clock, whose segments are kept in the file. */
  public GatewayClock clock() {
    return clock;
  }

  /** How the spool stands. */
  public SpoolStatus status() {
    StoredRecord oldest = null;
    try {
      List<StoredRecord> first = reader.read(false, 0, Long.MAX_VALUE, 1, 1).records();
      oldest = first.isEmpty() ? null : first.get(0);
    } catch (SQLException e) {
      LOG.debug("oldest: {}", e.getMessage());
    }
    return new SpoolStatus(
        counts.records.get(),
        storage.used(),
        settings.maxBytes(),
        oldest == null ? null : oldest.content().received(),
        oldest == null ? 0 : Math.abs(oldest.content().clock()),
        counts.dropped.get(),
        counts.refused.get(),
        counts.thinned.get(),
        counts.corrupt.get(),
        counts.damaged.get(),
        counts.oversized.get(),
        storage.lastCorrupt());
  }

  /** Lets the file grow no further, as a full disk would; for tests. */
  void limitPages(long pages) throws SQLException {
    storage.limitPages(pages);
  }

  /** Writes what waits, then closes. */
  @Override
  public void close() {
    writer.stop();
    try {
      thread.join(TimeUnit.SECONDS.toMillis(20));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    storage.close();
    storage.unlock();
  }
}
