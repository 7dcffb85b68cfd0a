package io.caravanhub.edge.work;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * What is to be sent for one device besides the messages at hand, one at a time and in order. After
 * a failure it waits for the next {@link #flush}. Bounded: the oldest go first, counted.
 * Thread-safe.
 */
final class Outbox {
  private static final int BOUND = 1_000;
  private static final int ARRIVED = 1;
  private static final int SENDER = 2;

  private final Outlet outlet;
  private final WorkCounts counts;
  private final Deque<byte[]> waiting = new ArrayDeque<>();
  private final List<Consumer<@Nullable Throwable>> listeners = new ArrayList<>();
  private boolean sending;

  /** Where messages go, and tell in their own time with what failure or none they arrived. */
  interface Outlet {
    void send(byte[] message, Consumer<@Nullable Throwable> done);
  }

  Outbox(Outlet outlet, WorkCounts counts) {
    this.outlet = outlet;
    this.counts = counts;
  }

  synchronized void add(byte[] message) {
    waiting.addLast(message);
    if (waiting.size() > BOUND) {
      waiting.removeFirst();
      counts.unsent.increment();
    }
  }

  synchronized boolean isEmpty() {
    return waiting.isEmpty() && !sending;
  }

  /** What waits, as text. */
  synchronized List<String> waiting() {
    return waiting.stream().map(bytes -> new String(bytes, StandardCharsets.UTF_8)).toList();
  }

  /** Sends what waits, and tells when all of it has arrived, or the first failure. */
  void flush(Consumer<@Nullable Throwable> done) {
    synchronized (this) {
      listeners.add(done);
      if (sending) {
        return;
      }
      sending = true;
    }
    next();
  }

  /**
   * Ends a step that comes with this message: at once when nothing waits, else when all of it has
   * arrived, with the first failure as the exchange's own. Returns as {@link
   * org.apache.camel.AsyncProcessor#process(Exchange, AsyncCallback)} does.
   */
  boolean flush(Exchange exchange, AsyncCallback callback) {
    if (isEmpty()) {
      callback.done(true);
      return true;
    }
    flush(
        failure -> {
          if (failure != null) {
            exchange.setException(failure);
          }
          callback.done(false);
        });
    return false;
  }

  /** Tries what a failure left, unless it is being sent already. */
  void retry() {
    synchronized (this) {
      if (sending || waiting.isEmpty()) {
        return;
      }
      sending = true;
    }
    next();
  }

  // A loop where messages arrive at once, so that many of them do not fill the stack.
  private void next() {
    byte[] message = first();
    while (message != null) {
      AtomicInteger turn = new AtomicInteger();
      byte[] sent = message;
      try {
        outlet.send(sent, failure -> arrived(sent, failure, turn));
      } catch (RuntimeException e) {
        ended(e);
        return;
      }
      if (turn.getAndAdd(SENDER) != ARRIVED) {
        return;
      }
      message = first();
    }
    ended(null);
  }

  private synchronized byte @Nullable [] first() {
    return waiting.peekFirst();
  }

  private void arrived(byte[] message, @Nullable Throwable failure, AtomicInteger turn) {
    if (failure != null) {
      ended(failure);
      return;
    }
    synchronized (this) {
      // It may have been the oldest of too many meanwhile.
      if (waiting.peekFirst() == message) {
        waiting.removeFirst();
      }
    }
    if (turn.getAndAdd(ARRIVED) == SENDER) {
      next();
    }
  }

  private void ended(@Nullable Throwable failure) {
    List<Consumer<@Nullable Throwable>> told;
    synchronized (this) {
      sending = false;
      told = List.copyOf(listeners);
      listeners.clear();
    }
    told.forEach(listener -> listener.accept(failure));
  }
}
