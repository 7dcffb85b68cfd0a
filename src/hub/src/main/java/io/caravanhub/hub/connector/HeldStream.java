package io.caravanhub.hub.connector;

import io.caravanhub.core.cloud.CloudException;
import io.caravanhub.core.stream.InTurn;
import io.caravanhub.core.stream.Received;
import io.caravanhub.core.stream.StreamLink;
import io.caravanhub.core.stream.StreamListener;
import io.caravanhub.hub.connector.Leases.Lease;
import io.caravanhub.hub.connector.StreamLeases.News;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A stream that this hub holds. What comes is handed on in the order in which it came, see {@link
 * StreamQueue}; it is done when it is committed. Thread-safe.
 */
final class HeldStream implements StreamListener {
  private static final Logger LOG = LoggerFactory.getLogger(HeldStream.class);
  private static final Duration STEADY = Duration.ofSeconds(20);
  private static final Duration REST = Duration.ofSeconds(1);

  private final Lease lease;
  private final Connection connection;
  private final Instant asOf;
  private final ConnectionStreams owner;
  private final InTurn turn;
  private final StreamQueue queue;
  private final AtomicLong messages = new AtomicLong();
  private volatile @Nullable Instant latest;
  private volatile @Nullable Instant since;
  private volatile @Nullable StreamLink link;
  private volatile boolean over;

  /**
   * One that is not open yet.
   *
   * @param asOf when the connection had been changed last before it was read
   */
  HeldStream(
      Lease lease,
      Connection connection,
      Instant asOf,
      StreamSink sink,
      ConnectionStreams owner,
      ScheduledExecutorService clock) {
    this.lease = lease;
    this.connection = connection;
    this.asOf = asOf;
    this.owner = owner;
    this.turn = new InTurn(owner.threads());
    this.queue =
        new StreamQueue(
            turn,
            clock,
            REST,
            sink::ready,
            sink::send,
            () -> over,
            failure -> owner.heldBack(connection, failure));
  }

  /** Where everything that comes of the stream is done. */
  InTurn turn() {
    return turn;
  }

  Lease lease() {
    return lease;
  }

  Connection connection() {
    return connection;
  }

  /** When the connection had been changed last before it was read. */
  Instant asOf() {
    return asOf;
  }

  void open(StreamLink made) {
    link = made;
    if (over) {
      made.close();
    } else {
      made.open();
    }
  }

  /** What came since it was asked last. */
  News news() {
    Instant connected = since;
    boolean steady = connected != null && connected.plus(STEADY).isBefore(Instant.now());
    return new News(lease, messages.getAndSet(0), latest, steady);
  }

  long uncounted() {
    return messages.getAndSet(0);
  }

  /**
   * Ends it.
   *
   * @param forget whether the broker need keep nothing for it any more
   */
  void close(boolean forget) {
    over = true;
    StreamLink open = link;
    if (open != null && forget) {
      open.forget();
    } else if (open != null) {
      open.close();
    }
  }

  @Override
  public void connected(String subscribed, boolean gap) {
    since = Instant.now();
    if (gap) {
      LOG.warn(
          "connection {}: the broker had forgotten the session; what came meanwhile is not known",
          connection.name());
    }
    owner.connected(this, subscribed);
  }

  @Override
  public void received(Received message) {
    if (over) {
      return;
    }
    queue.add(
        message,
        () -> {
          messages.incrementAndGet();
          latest = Instant.now();
          message.done().run();
        });
  }

  @Override
  public void unread(String reason) {
    LOG.warn("connection {}: {}", connection.name(), reason);
    owner.unread(connection);
  }

  @Override
  public void ended(CloudException why) {
    over = true;
    owner.ended(this, why);
  }
}
