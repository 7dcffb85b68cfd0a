package io.caravanhub.hub.rules;

import io.caravanhub.core.rule.Detection;
import io.caravanhub.core.rule.DevicePast;
import io.caravanhub.core.rule.DeviceState;
import io.caravanhub.core.rule.Peers;
import io.caravanhub.core.rule.RuleBook;
import io.caravanhub.core.rule.RuleDevice;
import io.caravanhub.core.telemetry.Measurement;
import io.caravanhub.core.telemetry.Quality;
import io.caravanhub.core.telemetry.Telemetry;
import io.caravanhub.hub.database.Announcements;
import io.caravanhub.hub.lease.HubLeases;
import io.caravanhub.hub.lease.Lease;
import io.caravanhub.hub.registry.DeviceChange;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import org.springframework.transaction.event.TransactionalEventListener;

/**
 * Runs the rules over telemetry, device by device. What it remembers of a device is a function of
 * the device's recent telemetry and its last events, and is rebuilt from the store whenever it is
 * not at hand: after a start, a change of rules or registry, or a failure to record. Thread-safe:
 * messages of one device are taken one after the other, different devices do not wait for each
 * other.
 */
@Component("ruleEngine")
public class RuleEngine {
  /** Every change is announced, even one whose notice is lost: for what nobody thought of. */
  private static final long REGISTRY_MILLIS = 600_000;

  /** Links begin and end by the clock, which nobody announces: how often it is asked whose did. */
  private static final long TURNED_MILLIS = 15_000;

  /** How often the store is asked whether a silent device has spoken to another hub. */
  private static final long STORE_MILLIS = 10_000;

  /** A device that said nothing here for so long may have been heard by another hub meanwhile. */
  private static final long APART_MILLIS = 60_000;

  /** Of how many devices the store is asked at once. */
  private static final int AT_ONCE = 1_000;

  private static final Lease ALONE = Lease.always("silence");

  /** No rule may call an older value fresh. */
  private static final long LONGEST_FRESH_MILLIS = Duration.ofDays(31).toMillis();

  private record Key(String tenant, String device) {
    // What a record brings by itself is several times slower, and this is asked for every message.
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Key that && device.equals(that.device) && tenant.equals(that.tenant);
    }

    @Override
    public int hashCode() {
      return 31 * tenant.hashCode() + device.hashCode();
    }
  }

  /** The devices of a tenant, once they are read. */
  private static final class Registered {
    final long readAt;
    final long readNanos = System.nanoTime();
    volatile List<RuleDevice> devices = List.of();

    Registered(long readAt) {
      this.readAt = readAt;
    }

    /** Whether what this hub changed of the device is in the list. */
    boolean knows(DeviceSlot slot) {
      return slot.changedNanos == null || readNanos - slot.changedNanos > 0;
    }
  }

  private final Supplier<RuleBook> books;
  private final DeviceHistory history;
  private final Clock clock;
  private final long startedAt;
  private final long registryMillis;
  private final Map<String, Registered> registry = new ConcurrentHashMap<>();
  private final Peers peers = new Peers();
  private final Map<Key, DeviceSlot> slots = new ConcurrentHashMap<>();
  private final Supplier<Lease> silence;
  private final BooleanSupplier alone;
  private final boolean told;
  private volatile boolean stopping;
  private @Nullable Timestamp turned;
  private long turnedAt;

  @Autowired
  RuleEngine(
      RuleLibrary library,
      DeviceHistory history,
      Announcements announcements,
      HubLeases leases,
      @Value("${hub.kafka.enabled:false}") boolean kafka) {
    this(
        library::book,
        history,
        Clock.systemUTC(),
        REGISTRY_MILLIS,
        () -> leases.want("silence"),
        leases::isAlone,
        kafka);
    announcements.listen("hub_registry", this::registryChanged, registry::clear);
    announcements.listen("hub_assets", this::registryChanged, registry::clear);
  }

  /** An engine that is told nothing of the registry and looks each time. */
  RuleEngine(RuleLibrary library, DeviceHistory history, Clock clock) {
    this(library::book, history, clock, 0, () -> ALONE, () -> true, false);
  }

  /**
   * @param books gives the rules in force
   * @param registryMillis how long what was read of the registry counts unless a change is
   *     announced
   */
  RuleEngine(Supplier<RuleBook> books, DeviceHistory history, Clock clock, long registryMillis) {
    this(books, history, clock, registryMillis, () -> ALONE, () -> true, false);
  }

  /**
   * @param silence whose holder says that devices are silent
   * @param alone whether whatever devices say is said to this hub
   * @param told whether {@link #forget} is called for a device that comes from another hub
   */
  RuleEngine(
      Supplier<RuleBook> books,
      DeviceHistory history,
      Clock clock,
      long registryMillis,
      Supplier<Lease> silence,
      BooleanSupplier alone,
      boolean told) {
    this.told = told;
    this.silence = silence;
    this.alone = alone;
    this.books = books;
    this.history = history;
    this.clock = clock;
    this.registryMillis = registryMillis;
    this.startedAt = clock.millis();
  }

  /** Takes one message, which must be in the store already, and says what it led to. */
  public List<Detection> evaluate(Telemetry telemetry) {
    Key key = new Key(telemetry.tenant(), telemetry.device());
    DeviceSlot slot = slots.computeIfAbsent(key, k -> new DeviceSlot());
    List<Detection> found = new ArrayList<>(2);
    synchronized (slot) {
      long now = clock.millis();
      if (slot.elsewhere || now - slot.spokeAt > APART_MILLIS && perhapsElsewhere()) {
        slot.state = null;
      }
      slot.spokeAt = now;
      DeviceState state = current(key, slot, null, found);
      if (state != null) {
        state.accept(telemetry.measurements(), now, found);
        long newest = newest(telemetry.measurements());
        if (newest > 0) {
          slot.hears(newest);
          state.speaks(now, found);
        }
      }
    }
    return found;
  }

  /** Kafka says itself when a device comes from another hub. */
  private boolean perhapsElsewhere() {
    return !told && !alone.getAsBoolean();
  }

  /**
   * Looks after the devices that say nothing: rebuilds those not yet at hand, follows changes in
   * the registry, and notices silence, which of several hubs only one does. Called every few
   * seconds, one call after the other.
   */
  public List<Detection> watch() {
    List<Detection> found = new ArrayList<>();
    peers.forgetBefore(clock.millis() - LONGEST_FRESH_MILLIS);
    try {
      forgetTurned();
      for (String tenant : history.tenants()) {
        List<DeviceSlot> asked = new ArrayList<>();
        Registered registered = registered(tenant);
        for (RuleDevice device : registered.devices) {
          if (stopping) {
            return found;
          }
          watch(device, registered, found, asked);
        }
        ask(tenant, asked, found);
      }
    } catch (RuntimeException e) {
      // What was found is lost with it, and found again.
      found.forEach(lost -> forget(lost.tenant(), lost.device().id()));
      throw e;
    }
    return found;
  }

  /** The first round of a large hub takes a minute; what it has not come to is left. */
  @EventListener
  void stops(ContextClosedEvent event) {
    stopping = true;
  }

  private Registered registered(String tenant) {
    Registered known = registry.get(tenant);
    if (known != null && clock.millis() - known.readAt < registryMillis) {
      return known;
    }
    // What is announced while it is read takes this away again.
    Registered read = new Registered(clock.millis());
    registry.put(tenant, read);
    try {
      read.devices = history.devices(tenant);
      return read;
    } catch (RuntimeException e) {
      registry.remove(tenant, read);
      throw e;
    }
  }

  /** The tenant's devices are read again at the next round. */
  void registryChanged(String tenant) {
    registry.remove(tenant);
  }

  /** Those whose links have begun or ended are read again, and after a failure later. */
  private synchronized void forgetTurned() {
    long now = clock.millis();
    if (registryMillis > 0 && (turned == null || now - turnedAt >= TURNED_MILLIS)) {
      DeviceHistory.Turned since = history.linksTurned(turned);
      since.tenants().forEach(registry::remove);
      turned = since.at();
      turnedAt = now;
    }
  }

  private void watch(
      RuleDevice device, Registered registered, List<Detection> found, List<DeviceSlot> asked) {
    Key key = new Key(device.tenant(), device.id());
    DeviceSlot slot = slots.computeIfAbsent(key, k -> new DeviceSlot());
    synchronized (slot) {
      if (!registered.knows(slot)) {
        return;
      }
      if (slot.state != null && !slot.state.device().equals(device)) {
        slot.state = null;
      }
      DeviceState state = current(key, slot, device, found);
      if (state == null) {
        return;
      }
      tellOthers(state);
      long now = clock.millis();
      if (!silence.get().isHeld()) {
        return;
      }
      boolean met = state.isMetByClock(now, startedAt);
      boolean shared = !alone.getAsBoolean();
      if (shared
          && (met || state.isUnknownToClock(now, startedAt))
          && now - slot.askedAt >= STORE_MILLIS) {
        asked.add(slot);
      } else if (!shared || !met) {
        state.listen(now, startedAt, found);
      }
    }
  }

  /**
   * What a device says to another hub is known here from the store alone, which is asked of many
   * devices at once: before they are called silent, and while they are.
   */
  private void ask(String tenant, List<DeviceSlot> asked, List<Detection> found) {
    for (int from = 0; from < asked.size(); from += AT_ONCE) {
      List<DeviceSlot> some = asked.subList(from, Math.min(asked.size(), from + AT_ONCE));
      Map<String, Long> known = new HashMap<>();
      for (DeviceSlot slot : some) {
        synchronized (slot) {
          if (slot.state != null) {
            known.put(slot.state.device().id(), slot.newest);
          }
        }
      }
      Map<String, Long> heard = history.heardSince(tenant, known);
      for (DeviceSlot slot : some) {
        synchronized (slot) {
          DeviceState state = slot.state;
          if (state != null) {
            answer(slot, state, heard.get(state.device().id()), found);
          }
        }
      }
    }
  }

  /**
   * @param heard the device's newest reading, when that is news
   */
  private void answer(
      DeviceSlot slot, DeviceState state, @Nullable Long heard, List<Detection> found) {
    long now = clock.millis();
    long epoch = silence.get().epoch();
    slot.askedAt = now;
    boolean raised = state.isRaisedByClock();
    if (heard != null) {
      slot.hears(heard);
      slot.elsewhere = true;
      if (!raised && state.isClockedByHearing()) {
        state.heard(heard);
      }
    }
    DeviceState known = state;
    // Whoever held the lease before may have raised and cleared what this state knows nothing of.
    boolean current = raised && heard == null && slot.epoch == epoch;
    boolean unknown = heard != null && state.isUnknownToClock(now, startedAt);
    if (!current && (unknown || state.isMetByClock(now, startedAt))) {
      slot.state = null;
      slot.epoch = epoch;
      RuleDevice device = state.device();
      known = current(new Key(device.tenant(), device.id()), slot, device, found);
    }
    if (known != null) {
      known.listen(now, startedAt, found);
    }
  }

  /** What a new rule asks of other devices, which ingestion does not wait for. */
  private void tellOthers(DeviceState state) {
    Set<String> metrics = state.newlyShared();
    if (!metrics.isEmpty()) {
      Map<String, Long> back = new HashMap<>();
      metrics.forEach(metric -> back.put(metric, DevicePast.SHARED_MILLIS));
      state.tell(metrics, history.recent(state.device(), back));
    }
  }

  /** Forgets what is in memory of the device; the next message rebuilds it from the store. */
  public void forget(String tenant, String device) {
    forget(tenant, device, DevicePast.NOTHING_UNJUDGED);
  }

  /**
   * As {@link #forget(String, String)} of a device that another hub has listened to.
   *
   * @param unjudged time of the first reading, in milliseconds, that the other may have stored
   *     without looking at it
   */
  public void forget(String tenant, String device, long unjudged) {
    DeviceSlot slot = slots.computeIfAbsent(new Key(tenant, device), k -> new DeviceSlot());
    synchronized (slot) {
      slot.state = null;
      slot.unjudged = Math.min(slot.unjudged, unjudged);
    }
  }

  /** The next message is judged by what was changed here, not by what the next look finds. */
  @TransactionalEventListener(fallbackExecution = true)
  public void changed(DeviceChange change) {
    // Before the lock, which may be waited for: what is read from now on knows of the change.
    long at = System.nanoTime();
    registryChanged(change.tenant());
    Key key = new Key(change.tenant(), change.device());
    DeviceSlot slot = slots.computeIfAbsent(key, k -> new DeviceSlot());
    synchronized (slot) {
      slot.state = null;
      slot.changedNanos = at;
    }
  }

  /** As {@link #forget(String, String)}, of every device. */
  public void forget() {
    slots.keySet().forEach(key -> forget(key.tenant(), key.device()));
  }

  private @Nullable DeviceState current(
      Key key, DeviceSlot slot, @Nullable RuleDevice known, List<Detection> found) {
    RuleBook book = books.get();
    DeviceState state = slot.state;
    if (state != null && (state.book() == book || state.adopt(book))) {
      return state;
    }
    Optional<RuleDevice> device =
        known != null ? Optional.of(known) : history.device(key.tenant(), key.device());
    slot.state = null;
    if (device.isPresent()) {
      DeviceState made =
          history
              .past(device.get())
              .rebuild(device.get(), book, peers, clock.millis(), startedAt, slot.unjudged, found);
      slot.state = made;
      slot.unjudged = DevicePast.NOTHING_UNJUDGED;
      slot.elsewhere = false;
      slot.hears(made.heardAt());
    }
    return slot.state;
  }

  /** The time of the newest that is not bad, 0 when all are. */
  private static long newest(List<Measurement> measurements) {
    long newest = 0;
    for (Measurement measurement : measurements) {
      if (measurement.quality() != Quality.BAD) {
        newest = Math.max(newest, measurement.ts().toEpochMilli());
      }
    }
    return newest;
  }
}
