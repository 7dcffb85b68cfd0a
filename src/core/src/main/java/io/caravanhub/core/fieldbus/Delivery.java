package io.caravanhub.core.fieldbus;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands the polls of one device to the route, one at a time and in order. One that the route fails
 * is tried again after a back-off while later ones wait; when too many wait, the oldest waiting one
 * is dropped and counted. Safe for many threads.
 */
final class Delivery {
  private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);

  private final Sender sender;
  private final Executor workers;
  private final ScheduledExecutorService scheduler;
  private final BackOff backOff;
  private final int bound;
  private final Deque<Poll> waiting = new ArrayDeque<>();
  private @Nullable Poll inFlight;
  private int failuresInARow;
  private long dropped;

  /** Gives a poll to the route and tells, perhaps later, with what failure or none it ended. */
  interface Sender {
    void send(Poll poll, Outcome outcome);
  }

  /** How processing a poll ended. */
  interface Outcome {
    void ended(@Nullable Throwable failure);
  }

  Delivery(
      Sender sender,
      Executor workers,
      ScheduledExecutorService scheduler,
      BackOff backOff,
      int bound) {
    this.sender = sender;
    this.workers = workers;
    this.scheduler = scheduler;
    this.backOff = backOff;
    this.bound = bound;
  }

  void offer(Poll poll) {
    synchronized (this) {
      waiting.addLast(poll);
      if (waiting.size() > bound) {
        waiting.removeFirst();
        if (dropped++ == 0) {
          LOG.warn("{}: more than {} readings wait, dropping", poll.connection().device(), bound);
        }
      }
    }
    pump();
  }

  synchronized int waiting() {
    return waiting.size() + (inFlight == null ? 0 : 1);
  }

  /** Whether half of what may wait does. */
  synchronized boolean isBusy() {
    return waiting.size() >= Math.max(bound / 2, 1);
  }

  synchronized long dropped() {
    return dropped;
  }

  private void pump() {
    Poll next;
    synchronized (this) {
      if (inFlight != null || waiting.isEmpty()) {
        return;
      }
      next = waiting.removeFirst();
      inFlight = next;
    }
    submit(next);
  }

  private void submit(Poll poll) {
    try {
      workers.execute(() -> send(poll));
    } catch (RejectedExecutionException stopping) {
      LOG.debug("{}: a reading is left at shutdown", poll.connection().device());
    }
  }

  private void send(Poll poll) {
    try {
      sender.send(poll, failure -> ended(poll, failure));
    } catch (RuntimeException e) {
      // Without an outcome the device's later readings would wait for ever.
      ended(poll, e);
    }
  }

  private void ended(Poll poll, @Nullable Throwable failure) {
    if (failure == null) {
      synchronized (this) {
        inFlight = null;
        failuresInARow = 0;
      }
      pump();
      return;
    }
    long pause;
    synchronized (this) {
      failuresInARow++;
      pause = backOff.after(failuresInARow).toMillis();
      if (failuresInARow == 1) {
        LOG.warn(
            "{}: the route failed a reading, it will be tried again: {}",
            poll.connection().device(),
            failure.toString());
      }
    }
    try {
      var unused = scheduler.schedule(() -> submit(poll), pause, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException stopping) {
      LOG.debug("{}: a reading is left at shutdown", poll.connection().device());
    }
  }
}
