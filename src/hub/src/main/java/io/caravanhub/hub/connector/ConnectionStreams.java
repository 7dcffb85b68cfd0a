package io.caravanhub.hub.connector;

import io.caravanhub.core.cloud.CloudException;
import io.caravanhub.core.cloud.CloudHttp;
import io.caravanhub.core.stream.LinkOptions;
import io.caravanhub.core.stream.MessageSorter;
import io.caravanhub.core.stream.StreamLinks;
import io.caravanhub.hub.connector.Leases.Lease;
import io.caravanhub.hub.connector.StreamLeases.Held;
import io.caravanhub.hub.database.TenantScope;
import io.caravanhub.hub.lease.HubLeases;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * The streams that this hub holds: takes those that nobody holds, ends those that were paused,
 * changed or taken over, and says now and then that it still has the others. Step of the route
 * {@code connections-stream}. Thread-safe.
 */
@Component("connectionStreams")
public class ConnectionStreams implements DisposableBean {
  private static final Logger LOG = LoggerFactory.getLogger(ConnectionStreams.class);
  private static final Duration RENEW = Duration.ofSeconds(5);
  private static final int AT_ONCE = 20;

  private final StreamLeases leases;
  private final HubLeases hub;
  private final ConnectionRows rows;
  private final ConnectorCatalog connectors;
  private final StreamParts parts;
  private final MeterRegistry meters;
  private final CloudHttp http;
  private final Duration deadline;
  private final int most;
  private final Map<UUID, HeldStream> held = new ConcurrentHashMap<>();
  private final ExecutorService threads;

  /** Logins may take long: nobody's messages wait for them. */
  private final ExecutorService openers = Executors.newCachedThreadPool(named("stream-open"));

  private final AtomicInteger opening = new AtomicInteger();
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(named("stream-clock"));
  private final AtomicLong said = new AtomicLong(System.nanoTime() - RENEW.toNanos());
  private Instant renewed = Instant.EPOCH;
  private volatile long kept = System.nanoTime();

  ConnectionStreams(
      StreamLeases leases,
      HubLeases hub,
      ConnectionRows rows,
      ConnectorCatalog connectors,
      StreamParts parts,
      MeterRegistry meters,
      @Value("${hub.connections.streams:500}") int most,
      @Value("${hub.connections.stream-threads:4}") int threads,
      @Value("${hub.connections.deadline:PT30S}") Duration deadline) {
    this.leases = leases;
    this.hub = hub;
    this.rows = rows;
    this.connectors = connectors;
    this.parts = parts;
    this.meters = meters;
    this.most = most;
    this.deadline = deadline;
    this.http = new CloudHttp(deadline);
    this.threads = Executors.newFixedThreadPool(threads, named("stream"));
  }

  private static ThreadFactory named(String name) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    };
  }

  /** Looks at what is held, and takes what is not; does not wait for connections. */
  public void look() {
    if (!held.isEmpty()) {
      letGoOfWhatRanOut();
      Map<UUID, Held> now = leases.held();
      held.values().forEach(stream -> check(stream, now.get(stream.connection().id())));
      if (renewed.plus(RENEW).isBefore(Instant.now())) {
        renewed = Instant.now();
        long asked = System.nanoTime();
        leases.renew(held.values().stream().map(HeldStream::news).toList());
        kept = asked;
      }
    }
    int room = Math.min(AT_ONCE, most - held.size()) - opening.get();
    if (room > 0) {
      leases.claim(room).forEach(this::begin);
    }
  }

  /** What could not be renewed ends here before another hub begins it, if there is another. */
  private void letGoOfWhatRanOut() {
    if (hub.isAlone()) {
      return;
    }
    long oldest = System.nanoTime() - StreamLeases.LEASE.toNanos() / 10 * 9;
    for (HeldStream stream : held.values()) {
      boolean ranOut = kept - oldest < 0 && stream.lease().askedNanos() - oldest < 0;
      if (ranOut && held.remove(stream.connection().id(), stream)) {
        stream.close(false);
        LOG.warn(
            "connection {}: let go, for its lease could not be renewed",
            stream.connection().name());
      }
    }
  }

  private void check(HeldStream stream, @Nullable Held row) {
    Connection connection = stream.connection();
    boolean mine = row != null && row.epoch() == stream.lease().epoch();
    if (row != null && mine && row.enabled() && row.updatedAt().equals(stream.asOf())) {
      return;
    }
    if (!held.remove(connection.id(), stream)) {
      return;
    }
    if (mine) {
      stream.close(false);
      TenantScope.run(
          connection.tenant(),
          () -> leases.end(stream.lease(), Instant.now(), stream.uncounted(), null));
      return;
    }
    boolean gone =
        TenantScope.call(connection.tenant(), () -> rows.find(connection.id()).isEmpty());
    stream.close(gone);
    if (!gone) {
      LOG.warn("connection {}: another hub holds it now", connection.name());
    }
  }

  private void begin(Lease lease) {
    opening.incrementAndGet();
    try {
      openers.execute(
          () -> {
            try {
              open(lease);
            } finally {
              opening.decrementAndGet();
            }
          });
    } catch (RejectedExecutionException stopping) {
      opening.decrementAndGet();
    }
  }

  private void open(Lease lease) {
    try {
      TenantScope.run(
          lease.tenant(),
          () -> {
            // Before the row: a change between the two is seen as one.
            Instant asOf = leases.updatedAt(lease.connection());
            rows.find(lease.connection()).ifPresent(c -> open(lease, c, asOf));
          });
    } catch (RuntimeException e) {
      // The lease runs out by itself; the database is away, or the hub is being stopped.
      LOG.warn("connection {}: could not be opened: {}", lease.connection(), e.toString());
    }
  }

  private void open(Lease lease, Connection connection, Instant asOf) {
    Connector connector = connectors.find(connection.oem()).orElse(null);
    if (connector == null || connector.stream() == null || connector.problem() != null) {
      String problem = connector == null ? "its connector is gone" : connector.problem();
      fail(lease, connection, CloudException.wrong(problem == null ? "no stream.yaml" : problem));
      return;
    }
    try {
      ConnectionAccess access = parts.access(lease, connection);
      MessageSorter sorter = new MessageSorter(connector.stream().messages(), access::value);
      HeldStream stream =
          new HeldStream(lease, connection, asOf, parts.sink(connection, sorter), this, clock);
      LinkOptions options =
          new LinkOptions(
              "caravan-" + connection.id(),
              true,
              connection.position().getOrDefault("subscribed", ""),
              stream.turn(),
              clock,
              deadline,
              parts.folders(connection));
      HeldStream other = held.put(connection.id(), stream);
      if (other != null) {
        other.close(false);
      }
      stream.open(
          StreamLinks.of(
              connector.stream(), access, sorter, http, Clock.systemUTC(), options, stream));
    } catch (CloudException e) {
      fail(lease, connection, e);
    } catch (SecretException e) {
      fail(lease, connection, CloudException.wrong(String.valueOf(e.getMessage())));
    } catch (LeaseLostException e) {
      var unused = drop(lease, connection);
    } catch (RuntimeException e) {
      // Its message is not repeated: it may hold an address with a key in it.
      String fault = e.getClass().getSimpleName();
      LOG.error("connection {}: {} at {}", connection.name(), fault, List.of(e.getStackTrace()));
      fail(
          lease,
          connection,
          CloudException.unavailable("a fault of the hub (" + fault + "), see its log", null));
    }
  }

  /** Ends what is held by this lease, and answers it; null when nothing is. */
  private @Nullable HeldStream drop(Lease lease, Connection connection) {
    HeldStream stream = held.get(connection.id());
    if (stream == null || !stream.lease().equals(lease)) {
      return null;
    }
    held.remove(connection.id(), stream);
    stream.close(false);
    return stream;
  }

  private void fail(Lease lease, Connection connection, CloudException why) {
    HeldStream stream = drop(lease, connection);
    long messages = stream == null ? 0 : stream.uncounted();
    Instant next = StreamSchedule.next(connection.failures(), why.kind(), Instant.now());
    leases.end(lease, next, messages, why.reason());
    if (connection.failures() == 0) {
      LOG.warn("connection {} with {}: {}", connection.name(), connection.oem(), why.reason());
    }
    count(connection, why.kind().name().toLowerCase(Locale.ROOT));
  }

  Executor threads() {
    return threads;
  }

  void connected(HeldStream stream, String subscribed) {
    try {
      TenantScope.run(
          stream.connection().tenant(),
          () -> leases.connected(stream.lease(), Map.of("subscribed", subscribed)));
      count(stream.connection(), "connected");
    } catch (LeaseLostException e) {
      held.remove(stream.connection().id(), stream);
      stream.close(false);
    } catch (RuntimeException e) {
      // Said later by the row's own counters; the subscription is asked for again next time.
      LOG.warn("connection {}: {}", stream.connection().name(), e.toString());
    }
  }

  void ended(HeldStream stream, CloudException why) {
    if (held.get(stream.connection().id()) != stream) {
      return;
    }
    try {
      // The failures since it was opened: a stream that was steady begins anew.
      TenantScope.run(
          stream.connection().tenant(),
          () ->
              fail(
                  stream.lease(),
                  rows.find(stream.connection().id()).orElse(stream.connection()),
                  why));
    } catch (RuntimeException e) {
      held.remove(stream.connection().id(), stream);
      LOG.warn("connection {}: {}", stream.connection().name(), why.reason());
    }
  }

  void unread(Connection connection) {
    count(connection, "unread");
  }

  void heldBack(Connection connection, Throwable failure) {
    long now = System.nanoTime();
    long before = said.get();
    if (now - before >= RENEW.toNanos() && said.compareAndSet(before, now)) {
      LOG.warn(
          "connection {}: messages are held back and tried again: {}",
          connection.name(),
          failure.getMessage());
    }
  }

  private void count(Connection connection, String outcome) {
    meters.counter("hub.streams", "oem", connection.oem(), "outcome", outcome).increment();
  }

  /** Lets go of everything, so that another hub need not wait. */
  @Override
  public void destroy() {
    List<HeldStream> all = List.copyOf(held.values());
    held.clear();
    all.forEach(stream -> stream.close(false));
    openers.shutdownNow();
    clock.shutdownNow();
    threads.shutdownNow();
    for (HeldStream stream : all) {
      try {
        TenantScope.run(
            stream.connection().tenant(),
            () -> leases.end(stream.lease(), Instant.now(), stream.uncounted(), null));
      } catch (RuntimeException databaseIsAway) {
        return;
      }
    }
  }
}
