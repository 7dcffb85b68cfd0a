package io.caravanhub.core.bacnet;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The requests that wait for an answer (clause 5.4, the client's transaction state machine): an
 * invoke id is unique for a device, a request is sent again when nothing comes, and what exceeds
 * the device's window waits. Safe for many threads; answers complete outside its lock.
 */
final class Transactions {
  private static final int MOST_WAITING = 1024;
  private static final int MOST_PEERS = 4096;
  private static final int MAX_APDU_1476 = 5;
  private static final int MAX_SEGMENTS_64 = 6;

  private final BacnetSettings settings;
  private final BacnetCounts counts;
  private final ScheduledExecutorService clock;
  private final Sender sender;
  private final Map<BacnetAddress, Peer> peers = new HashMap<>();
  private int nextInvokeId;
  private boolean closed;

  /** Sends an APDU, without waiting. */
  interface Sender {
    void send(BacnetAddress to, boolean expectsReply, Apdu apdu);
  }

  private static final class Peer {
    final Transaction[] active = new Transaction[256];
    final Deque<Transaction> waiting = new ArrayDeque<>();
    int underWay;
  }

  private static final class Transaction {
    final BacnetAddress to;
    final int service;
    final byte[] content;
    final CompletableFuture<byte[]> answer = new CompletableFuture<>();
    int invokeId = -1;
    int sent;
    @Nullable Future<?> timer;
    @Nullable SegmentedAnswer segments;

    Transaction(BacnetAddress to, int service, byte[] content) {
      this.to = to;
      this.service = service;
      this.content = content;
    }
  }

  Transactions(
      BacnetSettings settings, BacnetCounts counts, ScheduledExecutorService clock, Sender sender) {
    this.settings = settings;
    this.counts = counts;
    this.clock = clock;
    this.sender = sender;
  }

  /**
   * Sends a confirmed request.
   *
   * @return the content of the acknowledgement, empty for a simple one; or a {@link
   *     BacnetException}
   */
  CompletableFuture<byte[]> request(BacnetAddress to, int service, byte[] content) {
    Transaction transaction = new Transaction(to, service, content);
    String refused = null;
    synchronized (this) {
      Peer peer = peers.get(to);
      if (closed) {
        refused = "the client is closed";
      } else if (peer == null && peers.size() >= MOST_PEERS) {
        refused = "requests to " + MOST_PEERS + " devices are under way already";
      } else if (peer != null && peer.waiting.size() >= MOST_WAITING) {
        refused = MOST_WAITING + " requests to the device wait already";
      } else {
        Peer known = peers.computeIfAbsent(to, fresh -> new Peer());
        known.waiting.add(transaction);
        fill(known);
      }
    }
    if (refused != null) {
      transaction.answer.completeExceptionally(BacnetException.unavailable(refused));
    }
    return transaction.answer;
  }

  /** Takes an answer; false when nobody waits for it. */
  boolean answered(BacnetAddress from, Apdu apdu) {
    if (apdu instanceof Apdu.SimpleAck ack) {
      return ended(from, ack.invokeId(), ack.service(), new byte[0], null);
    }
    if (apdu instanceof Apdu.Failure failure) {
      BacnetException error = PropertyAccess.error(failure.content());
      return ended(from, failure.invokeId(), failure.service(), null, error);
    }
    if (apdu instanceof Apdu.Reject reject) {
      return ended(from, reject.invokeId(), -1, null, BacnetException.reject(reject.reason()));
    }
    if (apdu instanceof Apdu.Abort abort) {
      return ended(from, abort.invokeId(), -1, null, BacnetException.abort(abort.reason()));
    }
    if (apdu instanceof Apdu.ComplexAck ack) {
      return ack.segmented()
          ? segment(from, ack)
          : ended(from, ack.invokeId(), ack.service(), ack.content(), null);
    }
    return false;
  }

  /** Fails everything that is under way. */
  void close() {
    Map<BacnetAddress, Peer> left;
    synchronized (this) {
      closed = true;
      left = new HashMap<>(peers);
      peers.clear();
    }
    BacnetException reason = BacnetException.unavailable("the client is closed");
    for (Peer peer : left.values()) {
      for (Transaction transaction : peer.active) {
        if (transaction != null) {
          stopTimer(transaction);
          transaction.answer.completeExceptionally(reason);
        }
      }
      peer.waiting.forEach(transaction -> transaction.answer.completeExceptionally(reason));
    }
  }

  private boolean segment(BacnetAddress from, Apdu.ComplexAck ack) {
    byte[] whole = null;
    BacnetException failure = null;
    synchronized (this) {
      Transaction transaction = find(from, ack.invokeId(), ack.service());
      if (transaction == null) {
        return false;
      }
      SegmentedAnswer segments = transaction.segments;
      if (segments == null && ack.sequence() != 0) {
        // Left over from an answer that was given up.
        return false;
      }
      if (segments == null) {
        segments = new SegmentedAnswer(ack.invokeId());
        transaction.segments = segments;
      }
      try {
        Apdu told = segments.accept(ack);
        if (told != null) {
          sender.send(from, false, told);
        }
        if (segments.complete()) {
          whole = segments.content();
        } else {
          // Four times the segment's time-out (clause 5.4.4.3).
          startTimer(transaction, settings.timeout());
        }
      } catch (BacnetFormatException e) {
        sender.send(from, false, new Apdu.Abort(false, ack.invokeId(), 2));
        failure = BacnetException.answer(e.getMessage() == null ? "" : e.getMessage());
      }
    }
    return whole == null && failure == null
        || ended(from, ack.invokeId(), ack.service(), whole, failure);
  }

  private boolean ended(
      BacnetAddress from,
      int invokeId,
      int service,
      byte @Nullable [] content,
      @Nullable BacnetException failure) {
    Transaction transaction;
    synchronized (this) {
      transaction = find(from, invokeId, service);
      if (transaction == null) {
        return false;
      }
      release(transaction);
    }
    if (content != null) {
      transaction.answer.complete(content);
    } else if (failure != null) {
      transaction.answer.completeExceptionally(failure);
    }
    return true;
  }

  private @Nullable Transaction find(BacnetAddress from, int invokeId, int service) {
    Peer peer = peers.get(from);
    Transaction transaction = peer == null ? null : peer.active[invokeId];
    return transaction == null || (service >= 0 && service != transaction.service)
        ? null
        : transaction;
  }

  private void release(Transaction transaction) {
    stopTimer(transaction);
    Peer peer = peers.get(transaction.to);
    if (peer == null || peer.active[transaction.invokeId] != transaction) {
      return;
    }
    peer.active[transaction.invokeId] = null;
    peer.underWay--;
    fill(peer);
    if (peer.underWay == 0) {
      peers.remove(transaction.to);
    }
  }

  private void fill(Peer peer) {
    while (peer.underWay < settings.window() && !peer.waiting.isEmpty()) {
      Transaction transaction = peer.waiting.remove();
      // One count for all devices: a late answer to an old request finds no new one of its number.
      do {
        nextInvokeId = (nextInvokeId + 1) & 0xFF;
      } while (peer.active[nextInvokeId] != null);
      transaction.invokeId = nextInvokeId;
      peer.active[nextInvokeId] = transaction;
      peer.underWay++;
      send(transaction);
    }
  }

  private void send(Transaction transaction) {
    transaction.sent++;
    transaction.segments = null;
    sender.send(
        transaction.to,
        true,
        new Apdu.ConfirmedRequest(
            false,
            MAX_SEGMENTS_64,
            MAX_APDU_1476,
            transaction.invokeId,
            transaction.service,
            transaction.content));
    startTimer(transaction, settings.timeout());
  }

  private void startTimer(Transaction transaction, Duration after) {
    stopTimer(transaction);
    try {
      transaction.timer =
          clock.schedule(() -> expired(transaction), after.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException stopping) {
      transaction.timer = null;
    }
  }

  private static void stopTimer(Transaction transaction) {
    if (transaction.timer != null) {
      transaction.timer.cancel(false);
    }
  }

  private void expired(Transaction transaction) {
    synchronized (this) {
      Peer peer = peers.get(transaction.to);
      if (peer == null || peer.active[transaction.invokeId] != transaction) {
        return;
      }
      if (transaction.sent <= settings.retries()) {
        counts.retries.increment();
        send(transaction);
        return;
      }
      counts.timeouts.increment();
      release(transaction);
    }
    transaction.answer.completeExceptionally(
        BacnetException.timeout(
            "no answer to "
                + transaction.sent
                + " requests of "
                + settings.timeout().toMillis()
                + " ms each"));
  }
}
