package io.caravanhub.hub.lease;

import io.caravanhub.hub.database.Announcements;
import io.caravanhub.hub.database.SideConnection;
import java.lang.management.ManagementFactory;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * The leases that this hub wants: one statement at a third of their term renews those it holds and
 * takes those that nobody holds. When it stops it gives them back; when it is killed another has
 * them a term later. Thread-safe.
 */
@Component
public final class HubLeases implements InitializingBean, DisposableBean {
  private static final Logger LOG = LoggerFactory.getLogger(HubLeases.class);
  private static final long GATHER_MILLIS = 20;
  private static final long AGAIN_MILLIS = 500;
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final LeaseRows rows;
  private final Duration term;
  private final String me;
  private final Map<String, Lease> known = new ConcurrentHashMap<>();
  private final Set<String> wanted = ConcurrentHashMap.newKeySet();
  private final Set<String> asked = ConcurrentHashMap.newKeySet();
  private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
  private final Thread thread = new Thread(this::run, "leases");
  private final Object asking = new Object();
  private volatile long hubs = 1;

  /** When another hub was last known to be there, or the start. */
  private volatile long company = System.nanoTime();

  /** The moment of the first question that is not answered yet, or was not since. */
  private volatile @Nullable Long openSince;

  private boolean failing;
  private boolean fresh;
  private boolean closed;

  @Autowired
  HubLeases(
      SideConnection database,
      Announcements announcements,
      @Value("${hub.leases.term:PT6S}") Duration term) {
    this(
        new LeaseTable(database),
        term,
        ManagementFactory.getRuntimeMXBean().getName() + "/" + UUID.randomUUID());
    // What a hub gives back another asks for at once.
    announcements.listen(LeaseTable.RELEASED, by -> released(by), () -> {});
  }

  /**
   * @param me names this hub, unlike any other and any earlier one
   */
  HubLeases(LeaseRows rows, Duration term, String me) {
    this.rows = rows;
    this.term = term;
    this.me = me;
    thread.setDaemon(true);
    wanted.add("hub " + me);
  }

  /** What this hub is called in leases. */
  public String owner() {
    return me;
  }

  /** Whether no other hub was on the database at the last look. */
  public boolean isAlone() {
    return hubs <= 1;
  }

  /**
   * For how long the database has not answered what it was asked; nothing while no question is
   * open, so that time in which the hub itself stood still does not count.
   */
  public Duration unanswered() {
    Long since = openSince;
    return since == null ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - since);
  }

  /** Whether there was no other hub at any look since this moment of {@link System#nanoTime}. */
  public boolean isAloneSince(long nanos) {
    return isAlone() && company - nanos < 0;
  }

  /**
   * Whether work under the lease may go on that does no harm when it is late: it is this hub's, or
   * ran out while the hub stood still or the database was away and no other hub was there to take
   * it.
   */
  public boolean mayGoOn(Lease lease) {
    // In this order: between the two it may be renewed, but not lost.
    return lease.isHeld() || (isAlone() && lease.wasHeldLast());
  }

  /**
   * Whoever wants to know that a lease is this hub's from now on, or is so again after it ran out.
   *
   * @param gained given its name; must be quick
   */
  public void onGain(Consumer<String> gained) {
    listeners.add(gained);
  }

  /** The lease of this name, whether or not this hub wants it. */
  public Lease lease(String name) {
    return known.computeIfAbsent(name, Lease::new);
  }

  /** Whether this hub wants it. */
  public boolean isWanted(String name) {
    return wanted.contains(name);
  }

  /** From now on this hub wants the lease; it has it within moments when nobody else does. */
  public Lease want(String name) {
    if (wanted.add(name)) {
      begin();
    }
    return lease(name);
  }

  /** As {@link #want}, and waits until it is known who has it, two seconds at most. */
  public Lease wantNow(String name) {
    Lease lease = want(name);
    long until = System.nanoTime() + PATIENCE.toNanos();
    synchronized (this) {
      try {
        while (!asked.contains(name) && !closed && until - System.nanoTime() > 0) {
          wait(Math.max(1, (until - System.nanoTime()) / 1_000_000));
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    return lease;
  }

  /** From now on this hub does not want the lease; another that does has it within moments. */
  public void giveBack(String name) {
    wanted.remove(name);
    // Not before a question that is under way has its answer, which might take it again.
    synchronized (asking) {
      asked.remove(name);
      lease(name).set(0, 0);
      release(Set.of(name));
    }
  }

  /**
   * Which hub holds a lease now, by its {@link #owner}; asks the database.
   *
   * @return empty when nobody does
   */
  public String holder(String name) throws SQLException {
    return rows.holder(name);
  }

  private void release(Set<String> names) {
    try {
      rows.release(me, names);
    } catch (SQLException | RuntimeException e) {
      LOG.debug("The leases run out by themselves: {}", e.getMessage());
    }
  }

  private void released(String by) {
    if (!by.equals(me)) {
      begin();
    }
  }

  /** The others are to know of a hub that wants nothing, too. */
  @Override
  public void afterPropertiesSet() {
    begin();
  }

  private synchronized void begin() {
    fresh = true;
    if (thread.getState() == Thread.State.NEW && !closed) {
      thread.start();
    }
    notifyAll();
  }

  private void run() {
    while (pause()) {
      round();
    }
  }

  /**
   * Waits for a third of the term, after a failure for a moment, or until something new is wanted;
   * false when it is over.
   */
  private synchronized boolean pause() {
    try {
      if (!fresh && !closed) {
        long third = Math.max(1, term.toMillis() / 3);
        wait(failing ? Math.min(AGAIN_MILLIS, third) : third);
      }
      if (fresh && !closed) {
        // Routes come one by one: their leases are asked for together.
        wait(GATHER_MILLIS);
      }
    } catch (InterruptedException e) {
      return false;
    }
    fresh = false;
    return !closed;
  }

  private void round() {
    List<String> gained;
    synchronized (asking) {
      gained = ask(new TreeSet<>(wanted));
    }
    gained.forEach(name -> listeners.forEach(listener -> listener.accept(name)));
  }

  /** Says which are this hub's now and were not before. */
  private List<String> ask(Set<String> names) {
    // Before the question is on its way: the database counts from later on.
    long now = System.nanoTime();
    if (openSince == null) {
      openSince = now;
    }
    try {
      LeaseRows.Claimed claimed = rows.claim(me, term, names);
      openSince = null;
      hubs = claimed.hubs();
      if (!isAlone()) {
        company = System.nanoTime();
      }
      long until = now + term.toNanos() / 10 * 9;
      List<String> gained =
          names.stream()
              .filter(name -> set(lease(name), claimed.epochs().getOrDefault(name, 0L), until))
              .toList();
      failing = false;
      synchronized (this) {
        asked.addAll(names);
        notifyAll();
      }
      return gained;
    } catch (SQLException | RuntimeException e) {
      if (!failing && !isClosed()) {
        LOG.warn("Leases cannot be renewed now, what they are for rests: {}", e.getMessage());
        failing = true;
      }
      return List.of();
    }
  }

  /** Says whether it is this hub's and was not before. */
  private boolean set(Lease lease, long epoch, long until) {
    boolean changed = lease.set(epoch, until);
    if (changed && !isAlone()) {
      if (epoch > 0) {
        LOG.info("Lease {} is this hub's now, epoch {}", lease.name(), epoch);
      } else {
        LOG.warn("Lease {} is another hub's now", lease.name());
      }
    }
    return changed && lease.isHeld();
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  /** Gives everything back, so that another hub need not wait. */
  @Override
  public void destroy() throws InterruptedException {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    thread.join(5_000);
    known.values().forEach(lease -> lease.set(0, 0));
    release(new TreeSet<>(wanted));
  }
}
