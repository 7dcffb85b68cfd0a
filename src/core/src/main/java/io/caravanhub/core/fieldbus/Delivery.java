package io.caravanhub.core.fieldbus;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands what one device says to the route, one message at a time and in order. One that the route
 * fails is tried again after a back-off while later ones wait; when too many wait, the oldest
 * waiting one is dropped and counted. Safe for many threads.
 */
final class Delivery {
  private static final Logger LOG = LoggerFactory.getLogger(Delivery.class);

  private final Sender sender;
  private final Executor workers;
  private final ScheduledExecutorService scheduler;
  private final BackOff backOff;
  private final int bound;
  private final Deque<Parcel> waiting = new ArrayDeque<>();
  private @Nullable Parcel inFlight;
  private int failuresInARow;
  private long dropped;

  private record Parcel(DeviceMessage message, CompletableFuture<Void> taken) {
    String device() {
      return message.connection().device();
    }
  }

  /** Gives a message to the route and tells, perhaps later, with what failure or none it ended. */
  interface Sender {
    void send(DeviceMessage message, Outcome outcome);
  }

  /** How processing a message ended. */
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

  /**
   * Takes a message on its way.
   *
   * @return completes when the route has taken it; fails when it is dropped
   */
  CompletableFuture<Void> offer(DeviceMessage message) {
    Parcel fresh = new Parcel(message, new CompletableFuture<>());
    Parcel left = null;
    synchronized (this) {
      waiting.addLast(fresh);
      if (waiting.size() > bound) {
        left = waiting.removeFirst();
        if (dropped++ == 0) {
          LOG.warn("{}: more than {} messages wait, dropping", fresh.device(), bound);
        }
      }
    }
    if (left != null) {
      left.taken().completeExceptionally(new IllegalStateException("too many messages wait"));
    }
    pump();
    return fresh.taken();
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
    Parcel next;
    synchronized (this) {
      if (inFlight != null || waiting.isEmpty()) {
        return;
      }
      next = waiting.removeFirst();
      inFlight = next;
    }
    submit(next);
  }

  private void submit(Parcel parcel) {
    try {
      workers.execute(() -> send(parcel));
    } catch (RejectedExecutionException stopping) {
      LOG.debug("{}: a reading is left at shutdown", parcel.device());
    }
  }

  private void send(Parcel parcel) {
    try {
      sender.send(parcel.message(), failure -> ended(parcel, failure));
    } catch (RuntimeException e) {
      // Without an outcome the device's later readings would wait for ever.
      ended(parcel, e);
    }
  }

  private void ended(Parcel parcel, @Nullable Throwable failure) {
    if (failure == null) {
      synchronized (this) {
        inFlight = null;
        failuresInARow = 0;
      }
      parcel.taken().complete(null);
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
            parcel.device(),
            failure.toString());
      }
    }
    try {
      var unused = scheduler.schedule(() -> submit(parcel), pause, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException stopping) {
      LOG.debug("{}: a reading is left at shutdown", parcel.device());
    }
  }
}
