package io.caravanhub.hub.timeseries;

import io.caravanhub.core.telemetry.SeldomLog;
import io.caravanhub.core.telemetry.StoreBusyException;
import io.caravanhub.core.telemetry.UnusableMessageException;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes what has queued up, writes it as one batch, tells everybody, and goes round again. When
 * many messages come it waits a moment for more of them, because a commit costs the database as
 * much for one row as for a hundred; a lone sender, who waits for each answer, is never kept
 * waiting. A batch that the database cannot take now is tried again for a while; then its senders
 * are told, who keep it and come back. What follows a commit (rules, acknowledgements) runs on a
 * thread of its own, batch by batch in order, while the next batch is written; rows count against
 * the bounds until then.
 */
final class BatchLoop implements Runnable, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BatchLoop.class);
  private final SeldomLog busy = new SeldomLog(LOG);
  private static final int BATCH_ROWS = 5_000;

  /**
   * A batch of so many messages says that more are on their way; so does one of several large ones.
   */
  private static final int MANY_MESSAGES = 8;

  private static final long WAIT_FOR_MORE_NANOS = 3_000_000;

  /** A batch of so many rows is worth its commit. */
  private static final int ENOUGH_ROWS = 2_000;

  /** Most of what comes is younger; a message that is not has waited somewhere already. */
  private static final Duration OLD = Duration.ofMinutes(5);

  /** What a row and the measurement behind it take in memory, without a text. */
  private static final int ROW_BYTES = 100;

  /** Old rows in a batch that holds live ones too, unless a single message has more. */
  private static final int OLD_ROWS = 2_000;

  private final TelemetryTable table;
  private final Room room;
  private final Room roomForOld;
  private final Duration patience;
  private final ArrayDeque<Job> live = new ArrayDeque<>();
  private final ArrayDeque<Job> old = new ArrayDeque<>();
  private final Thread thread;
  private final ExecutorService told =
      Executors.newSingleThreadExecutor(task -> new Thread(task, "telemetry-committed"));
  private final StoreMeters meters;
  private int waitingRows;
  private int wakeAtRows;
  private int lastMessages;
  private int lastRows;

  /** When the oldest message of the batch in hand came; 0 while there is none. */
  private long inHandSince;

  private boolean closed;
  private long batch;

  private record Job(
      List<List<Row>> messages,
      int rows,
      long bytes,
      boolean isOld,
      long since,
      CompletableFuture<Written> done) {}

  BatchLoop(TelemetryTable table, Room room, Duration patience, MeterRegistry meters) {
    this.table = table;
    this.room = room;
    this.roomForOld = room.half();
    this.patience = patience;
    this.batch = BatchId.first(System.currentTimeMillis());
    this.meters = new StoreMeters(meters, this);
    this.thread = new Thread(this, "telemetry-writer");
    thread.start();
  }

  synchronized int queued() {
    return room.rows();
  }

  synchronized long queuedBytes() {
    return room.bytes();
  }

  /** How long the oldest message that is not committed has waited; zero when none does. */
  synchronized Duration lag() {
    long now = System.nanoTime();
    long waited = inHandSince == 0 ? 0 : now - inHandSince;
    for (ArrayDeque<Job> line : List.of(live, old)) {
      Job first = line.peek();
      waited = first == null ? waited : Math.max(waited, now - first.since);
    }
    return Duration.ofNanos(waited);
  }

  /**
   * Queues messages.
   *
   * @param payload bytes that are held until they are committed, because the messages came in them
   */
  CompletableFuture<Written> submit(List<List<Row>> messages, long payload) {
    int rows = messages.stream().mapToInt(List::size).sum();
    long bytes = payload + (long) ROW_BYTES * rows + textBytes(messages);
    Job job =
        new Job(
            messages, rows, bytes, isOld(messages), System.nanoTime(), new CompletableFuture<>());
    synchronized (this) {
      if (closed) {
        throw new StoreBusyException("the hub is stopping");
      }
      if (!room.fits(rows, bytes)) {
        throw behind(room, "rows");
      }
      if (job.isOld && !roomForOld.fits(rows, bytes)) {
        throw behind(roomForOld, "rows of old readings");
      }
      (job.isOld ? old : live).add(job);
      room.enter(rows, bytes);
      if (job.isOld) {
        roomForOld.enter(rows, bytes);
      }
      waitingRows += rows;
      if (waitingRows >= wakeAtRows) {
        wakeAtRows = Integer.MAX_VALUE;
        notifyAll();
      }
    }
    return job.done;
  }

  private StoreBusyException behind(Room room, String what) {
    String why =
        "the store is behind: " + room.rows() + " " + what + " wait, " + room.bytes() + " bytes";
    busy.warn("Senders are told to come again: {}", why);
    return new StoreBusyException(why);
  }

  private static long textBytes(List<List<Row>> messages) {
    long characters = 0;
    for (List<Row> message : messages) {
      for (Row row : message) {
        characters += row.text() == null ? 0 : row.text().length();
      }
    }
    return 2 * characters;
  }

  /** Whether most of these messages were measured a while ago. */
  private static boolean isOld(List<List<Row>> messages) {
    long horizon = (System.currentTimeMillis() - OLD.toMillis()) * 1_000;
    int count = 0;
    for (List<Row> message : messages) {
      count += !message.isEmpty() && message.get(0).micros() < horizon ? 1 : 0;
    }
    return 2 * count > messages.size();
  }

  @Override
  public void run() {
    List<Job> jobs = take();
    while (!jobs.isEmpty()) {
      try {
        write(jobs);
      } catch (RuntimeException | Error e) {
        // Without this thread nothing is ever stored again.
        LOG.error("A batch failed in an unexpected way", e);
        fail(jobs, new StoreBusyException("the batch was not stored: " + e, e));
      }
      inHand(0);
      jobs = take();
    }
  }

  private synchronized List<Job> take() {
    awaitRows(1, Long.MAX_VALUE);
    if (lastMessages >= MANY_MESSAGES || (lastMessages > 1 && lastRows >= ENOUGH_ROWS / 4)) {
      awaitRows(ENOUGH_ROWS, WAIT_FOR_MORE_NANOS);
    }
    List<Job> jobs = new ArrayList<>();
    int rows = take(live, jobs, old.isEmpty() ? BATCH_ROWS : BATCH_ROWS - OLD_ROWS);
    rows += take(old, jobs, rows == 0 ? BATCH_ROWS : OLD_ROWS);
    waitingRows -= rows;
    lastMessages = jobs.size();
    lastRows = rows;
    inHandSince = jobs.isEmpty() ? 0 : oldest(jobs);
    return jobs;
  }

  private synchronized void inHand(long since) {
    inHandSince = since;
  }

  private static long oldest(List<Job> jobs) {
    long oldest = jobs.get(0).since;
    for (Job job : jobs) {
      oldest = job.since - oldest < 0 ? job.since : oldest;
    }
    return oldest;
  }

  /** Takes messages of so many rows, or a single one that has more; gives their rows. */
  private static int take(ArrayDeque<Job> line, List<Job> jobs, int most) {
    int rows = 0;
    while (!line.isEmpty() && (rows == 0 || rows + line.peek().rows <= most)) {
      Job job = line.remove();
      rows += job.rows;
      jobs.add(job);
    }
    return rows;
  }

  private synchronized void awaitRows(int rows, long nanos) {
    long start = System.nanoTime();
    boolean interrupted = false;
    while (waitingRows < rows && !closed) {
      long left = nanos - (System.nanoTime() - start);
      if (left <= 0) {
        break;
      }
      wakeAtRows = rows;
      try {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    wakeAtRows = Integer.MAX_VALUE;
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void release(List<Job> jobs) {
    for (Job job : jobs) {
      room.leave(job.rows, job.bytes);
      if (job.isOld) {
        roomForOld.leave(job.rows, job.bytes);
      }
    }
  }

  private void write(List<Job> jobs) {
    List<Row> rows = new ArrayList<>();
    for (Job job : jobs) {
      job.messages.forEach(rows::addAll);
    }
    Collections.sort(rows);
    List<Row> unique = withoutEqualKeys(rows);
    long started = System.nanoTime();
    for (int attempt = 0; ; attempt++) {
      try {
        Set<Row.Key> duplicates = table.write(unique, ++batch);
        meters.committed(unique, rows.size(), duplicates.size(), started, oldest(jobs));
        boolean all = duplicates.isEmpty() && unique.size() == rows.size();
        Set<Row.Key> taken = new HashSet<>(duplicates);
        tell(jobs, job -> job.done.complete(all ? stored(job) : fate(job, taken)));
        return;
      } catch (SQLException e) {
        table.forgetDaysAndSeries();
        if (isWrongData(e)) {
          singleOut(jobs, e);
          return;
        }
        if (System.nanoTime() - started > patience.toNanos() || isClosed()) {
          fail(
              jobs,
              new StoreBusyException("the store does not take the batch: " + e.getMessage(), e));
          return;
        }
        if (attempt == 0) {
          LOG.warn(
              "The store does not take a batch of {} rows, trying again: {}",
              unique.size(),
              e.getMessage());
        }
        pause(attempt);
      }
    }
  }

  /** Equal keys in one batch: the first is kept, as it would be had they come apart. */
  private static List<Row> withoutEqualKeys(List<Row> sorted) {
    List<Row> unique = new ArrayList<>(sorted.size());
    Row before = null;
    for (Row row : sorted) {
      if (before == null || !before.sameKey(row)) {
        unique.add(row);
      }
      before = row;
    }
    return unique;
  }

  private static Written stored(Job job) {
    return new Written(job.messages.size(), 0);
  }

  /**
   * What became of a job, whose messages are stored when one of their rows is.
   *
   * @param taken keys that earlier messages have; those of this job are added
   */
  private static Written fate(Job job, Set<Row.Key> taken) {
    int stored = 0;
    for (List<Row> message : job.messages) {
      boolean isNew = false;
      for (Row row : message) {
        isNew |= taken.add(row.key());
      }
      stored += isNew ? 1 : 0;
    }
    return new Written(stored, job.messages.size() - stored);
  }

  /** SQLSTATE class 22: no later attempt can store these rows. */
  private static boolean isWrongData(SQLException e) {
    return e.getSQLState() != null && e.getSQLState().startsWith("22");
  }

  /**
   * One message's data must not hold up its neighbours: each is tried alone, and the one at fault
   * is told so.
   */
  private void singleOut(List<Job> jobs, SQLException cause) {
    if (jobs.size() > 1) {
      jobs.forEach(job -> write(List.of(job)));
    } else {
      fail(
          jobs,
          new UnusableMessageException(
              "measurements", "the database refuses the values: " + cause.getMessage()));
    }
  }

  private void fail(List<Job> jobs, Throwable cause) {
    tell(jobs, job -> job.done.completeExceptionally(cause));
  }

  private void tell(List<Job> jobs, Consumer<Job> outcome) {
    told.execute(
        () -> {
          try {
            jobs.forEach(outcome);
          } finally {
            release(jobs);
          }
        });
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  private static void pause(int attempt) {
    long ceiling = Math.min(2_000, 50L << Math.min(attempt, 6));
    LockSupport.parkNanos(
        1_000_000 * (ceiling / 2 + ThreadLocalRandom.current().nextLong(ceiling / 2)));
  }

  /** Writes what is queued, tells everybody and stops. */
  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    try {
      thread.join(10_000);
      told.shutdown();
      told.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
