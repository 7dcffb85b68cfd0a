package io.caravanhub.core.bacnet;

import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The registration with a BBMD of a network whose broadcasts do not reach here (clause J.5.2),
 * renewed at half of its time-to-live and tried again until it is granted. Safe for many threads.
 */
public final class ForeignDevice implements AutoCloseable {
  private static final long ANSWER_MILLIS = 3000;

  private final InetSocketAddress bbmd;
  private final int seconds;
  private final ScheduledExecutorService clock;
  private final Sender sender;
  private final Set<CompletableFuture<Void>> waiting = ConcurrentHashMap.newKeySet();
  private @Nullable Future<?> next;
  private boolean registered;
  private @Nullable String error = "no answer yet";
  private long renewals;
  private boolean closed;

  /** Sends a link layer message, without waiting. */
  interface Sender {
    void send(InetSocketAddress to, Bvlc message);
  }

  ForeignDevice(
      InetSocketAddress bbmd, int seconds, ScheduledExecutorService clock, Sender sender) {
    if (seconds < 1 || seconds > 0xFFFF) {
      throw new IllegalArgumentException("ttl: expected 1 to 65535 seconds, got " + seconds);
    }
    this.bbmd = bbmd;
    this.seconds = seconds;
    this.clock = clock;
    this.sender = sender;
  }

  /**
   * Completes when it is registered: at once when it is now, else when the BBMD grants it. May be
   * given up by completing it.
   */
  public CompletableFuture<Void> granted() {
    CompletableFuture<Void> granted = new CompletableFuture<>();
    synchronized (this) {
      if (!registered) {
        waiting.add(granted);
      } else {
        granted.complete(null);
      }
    }
    var unused = granted.whenComplete((done, failure) -> waiting.remove(granted));
    return granted;
  }

  /** How many wait for it to be granted. */
  int waiting() {
    return waiting.size();
  }

  /** Whether the last registration was granted. */
  public synchronized boolean registered() {
    return registered;
  }

  /** Why it is not registered now, or null. */
  public synchronized @Nullable String error() {
    return error;
  }

  /** How often the registration was granted. */
  public synchronized long renewals() {
    return renewals;
  }

  InetSocketAddress bbmd() {
    return bbmd;
  }

  void register() {
    synchronized (this) {
      if (closed) {
        return;
      }
      schedule(Math.min(ANSWER_MILLIS, seconds * 500L), this::unanswered);
    }
    sender.send(bbmd, Bvlc.register(seconds));
  }

  void result(int code) {
    synchronized (this) {
      // X'0030' is Register-Foreign-Device NAK (clause J.2.1.1); others are of other requests.
      if (closed || (code != 0 && code != 0x30)) {
        return;
      }
      registered = code == 0;
      error = registered ? null : "the BBMD " + bbmd + " refuses the registration";
      renewals += registered ? 1 : 0;
      schedule(registered ? seconds * 500L : retryMillis(), this::register);
    }
    if (code == 0) {
      List.copyOf(waiting).forEach(granted -> granted.complete(null));
    }
  }

  private void unanswered() {
    synchronized (this) {
      registered = false;
      error = "the BBMD " + bbmd + " does not answer";
    }
    register();
  }

  private long retryMillis() {
    return Math.min(ANSWER_MILLIS, seconds * 500L);
  }

  private void schedule(long millis, Runnable what) {
    if (next != null) {
      next.cancel(false);
    }
    try {
      next = clock.schedule(what, millis, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException stopping) {
      next = null;
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    registered = false;
    if (next != null) {
      next.cancel(false);
    }
  }
}
