package io.caravanhub.hub.archive;

import io.caravanhub.core.telemetry.SeldomLog;
import io.caravanhub.core.telemetry.StoreBusyException;
import io.caravanhub.core.telemetry.UnusableMessageException;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the raw messages that have queued up, writes them as one batch, tells everybody. What waits
 * is bounded in bytes. A batch that the database does not take now is tried again for a while; then
 * its senders are told to come back. Thread-safe.
 */
final class RawBatches implements Runnable, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RawBatches.class);
  private final SeldomLog busy = new SeldomLog(LOG);
  private static final int BATCH_MESSAGES = 1_000;
  private static final int BATCH_BYTES = 4_000_000;

  /** Writes messages in one go. */
  interface Table {
    void write(List<RawMessage> messages) throws SQLException;
  }

  private record Job(RawMessage message, CompletableFuture<@Nullable Void> done) {}

  private final Table table;
  private final int bound;
  private final Duration patience;
  private final ArrayDeque<Job> queue = new ArrayDeque<>();
  private final Thread thread = new Thread(this, "raw-writer");
  private final ExecutorService told =
      Executors.newSingleThreadExecutor(task -> new Thread(task, "raw-committed"));
  private int queued;
  private boolean closed;

  RawBatches(Table table, int bound, Duration patience, MeterRegistry meters) {
    this.table = table;
    this.bound = bound;
    this.patience = patience;
    Gauge.builder("hub.raw.queue.bytes", this, RawBatches::queued).register(meters);
    thread.start();
  }

  synchronized int queued() {
    return queued;
  }

  CompletableFuture<@Nullable Void> submit(RawMessage message) {
    Job job = new Job(message, new CompletableFuture<>());
    synchronized (this) {
      if (closed) {
        throw new StoreBusyException("the hub is stopping");
      }
      if (queued > 0 && queued + message.weight() > bound) {
        String why = "the raw archive is behind: " + queued + " bytes wait";
        busy.warn("Senders are told to come again: {}", why);
        throw new StoreBusyException(why);
      }
      queue.add(job);
      queued += message.weight();
      notifyAll();
    }
    return job.done;
  }

  @Override
  public void run() {
    List<Job> jobs = take();
    while (!jobs.isEmpty()) {
      write(jobs);
      jobs = take();
    }
  }

  private synchronized List<Job> take() {
    while (queue.isEmpty() && !closed) {
      try {
        wait();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return List.of();
      }
    }
    List<Job> jobs = new ArrayList<>();
    int bytes = 0;
    while (!queue.isEmpty()
        && jobs.size() < BATCH_MESSAGES
        && (bytes == 0 || bytes + queue.peek().message.weight() <= BATCH_BYTES)) {
      Job job = queue.remove();
      bytes += job.message.weight();
      jobs.add(job);
    }
    return jobs;
  }

  private void write(List<Job> jobs) {
    long started = System.nanoTime();
    for (int attempt = 0; ; attempt++) {
      try {
        table.write(jobs.stream().map(Job::message).toList());
        tell(jobs, job -> job.done.complete(null));
        return;
      } catch (SQLException e) {
        if (isWrongData(e)) {
          singleOut(jobs, e);
          return;
        }
        if (!retry(started, attempt, jobs.size(), e)) {
          fail(
              jobs,
              new StoreBusyException("the raw archive does not take it: " + e.getMessage(), e));
          return;
        }
      } catch (RuntimeException | Error e) {
        // Without this thread nothing is ever kept again.
        LOG.error("A batch of raw messages failed in an unexpected way", e);
        fail(jobs, new StoreBusyException("the raw message was not kept: " + e, e));
        return;
      }
    }
  }

  private boolean retry(long started, int attempt, int messages, SQLException e) {
    if (System.nanoTime() - started > patience.toNanos()) {
      return false;
    }
    if (attempt == 0) {
      LOG.warn(
          "The raw archive does not take {} messages, trying again: {}", messages, e.getMessage());
    }
    synchronized (this) {
      if (closed) {
        return false;
      }
      try {
        TimeUnit.MILLISECONDS.timedWait(this, Math.min(2_000, 100L << Math.min(attempt, 5)));
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return true;
  }

  /** SQLSTATE class 22, or a tenant that is gone: no later attempt can store these. */
  private static boolean isWrongData(SQLException e) {
    String state = e.getSQLState();
    return state != null && (state.startsWith("22") || state.equals("23503"));
  }

  private void singleOut(List<Job> jobs, SQLException cause) {
    if (jobs.size() > 1) {
      jobs.forEach(job -> write(List.of(job)));
    } else {
      fail(
          jobs,
          new UnusableMessageException(
              "body", "the raw archive refuses the message: " + cause.getMessage()));
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

  private synchronized void release(List<Job> jobs) {
    for (Job job : jobs) {
      queued -= job.message.weight();
    }
  }

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
