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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Runs the rules over telemetry, device by device. What it remembers of a device is a function of
 * the device's recent telemetry and its last events, and is rebuilt from the store whenever it is
 * not at hand: after a start, a change of rules or registry, or a failure to record. Thread-safe:
 * messages of one device are taken one after the other, different devices do not wait for each
 * other.
 */
@Component("ruleEngine")
public class RuleEngine {
  private static final Logger LOG = LoggerFactory.getLogger(RuleEngine.class);

  /** Links begin and end by the clock, which nobody announces. */
  private static final long REGISTRY_MILLIS = 15_000;

  /** How often the store is asked whether a silent device has spoken to another hub. */
  private static final long STORE_MILLIS = 10_000;

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

  private record Registered(long readAt, List<RuleDevice> devices) {}

  private static final class Slot {
    private @Nullable DeviceState state;
    private long rebuiltAt;
  }

  private final Supplier<RuleBook> books;
  private final DeviceHistory history;
  private final Clock clock;
  private final long startedAt;
  private final long registryMillis;
  private final Map<String, Registered> registry = new ConcurrentHashMap<>();
  private final Peers peers = new Peers();
  private final Map<Key, Slot> slots = new ConcurrentHashMap<>();
  private final Supplier<Lease> silence;
  private final BooleanSupplier alone;

  @Autowired
  RuleEngine(
      RuleLibrary library, DeviceHistory history, Announcements announcements, HubLeases leases) {
    this(
        library::book,
        history,
        Clock.systemUTC(),
        REGISTRY_MILLIS,
        () -> leases.want("silence"),
        leases::isAlone);
    announcements.listen("hub_registry", registry::remove, registry::clear);
    announcements.listen("hub_assets", registry::remove, registry::clear);
  }

  /** An engine that is told nothing of the registry and looks each time. */
  RuleEngine(RuleLibrary library, DeviceHistory history, Clock clock) {
    this(library::book, history, clock, 0, () -> ALONE, () -> true);
  }

  /**
   * @param books gives the rules in force
   * @param registryMillis how long what was read of the registry counts unless a change is
   *     announced
   */
  RuleEngine(Supplier<RuleBook> books, DeviceHistory history, Clock clock, long registryMillis) {
    this(books, history, clock, registryMillis, () -> ALONE, () -> true);
  }

  /**
   * @param silence whose holder says that devices are silent
   * @param alone whether whatever devices say is said to this hub
   */
  RuleEngine(
      Supplier<RuleBook> books,
      DeviceHistory history,
      Clock clock,
      long registryMillis,
      Supplier<Lease> silence,
      BooleanSupplier alone) {
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
    Slot slot = slots.computeIfAbsent(key, k -> new Slot());
    List<Detection> found = new ArrayList<>(2);
    synchronized (slot) {
      DeviceState state = current(key, slot, null, found);
      if (state != null) {
        long now = clock.millis();
        state.accept(telemetry.measurements(), now, found);
        if (speaks(telemetry.measurements())) {
          state.speaks(now, found);
        }
      }
    }
    return found;
  }

  /**
   * Looks after the devices that say nothing: rebuilds those not yet at hand, follows changes in
   * the registry, and notices silence, which of several hubs only one does. Called every few
   * seconds.
   */
  public List<Detection> watch() {
    List<Detection> found = new ArrayList<>();
    peers.forgetBefore(clock.millis() - LONGEST_FRESH_MILLIS);
    for (String tenant : history.tenants()) {
      for (RuleDevice device : devices(tenant)) {
        watch(device, found);
      }
    }
    return found;
  }

  private List<RuleDevice> devices(String tenant) {
    Registered known = registry.get(tenant);
    if (known == null || clock.millis() - known.readAt() >= registryMillis) {
      known = new Registered(clock.millis(), history.devices(tenant));
      registry.put(tenant, known);
    }
    return known.devices();
  }

  private void watch(RuleDevice device, List<Detection> found) {
    Key key = new Key(device.tenant(), device.id());
    Slot slot = slots.computeIfAbsent(key, k -> new Slot());
    synchronized (slot) {
      if (slot.state != null && !slot.state.device().equals(device)) {
        slot.state = null;
      }
      DeviceState state = current(key, slot, device, found);
      if (state != null) {
        tellOthers(state);
        if (silence.get().isHeld()) {
          listen(key, slot, state, found);
        }
      }
    }
  }

  /**
   * What a device says to another hub is known here from the store alone: before it is called
   * silent, and while it is, its state is made anew from there.
   */
  private void listen(Key key, Slot slot, DeviceState state, List<Detection> found) {
    long now = clock.millis();
    boolean shared = !alone.getAsBoolean();
    DeviceState known = state;
    if (shared && state.isRaisedByClock() && now - slot.rebuiltAt > STORE_MILLIS) {
      known = rebuilt(key, slot, state, found);
    }
    List<Detection> told = new ArrayList<>(2);
    if (known != null) {
      known.listen(now, startedAt, told);
    }
    if (shared && !told.isEmpty() && known == state) {
      told.clear();
      known = rebuilt(key, slot, state, found);
      if (known != null) {
        known.listen(now, startedAt, told);
      }
    }
    found.addAll(told);
  }

  private @Nullable DeviceState rebuilt(
      Key key, Slot slot, DeviceState state, List<Detection> found) {
    slot.state = null;
    slot.rebuiltAt = clock.millis();
    return current(key, slot, state.device(), found);
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
    Slot slot = slots.get(new Key(tenant, device));
    if (slot != null) {
      synchronized (slot) {
        slot.state = null;
      }
    }
  }

  private @Nullable DeviceState current(
      Key key, Slot slot, @Nullable RuleDevice known, List<Detection> found) {
    RuleBook book = books.get();
    DeviceState state = slot.state;
    if (state != null && (state.book() == book || state.adopt(book))) {
      return state;
    }
    Optional<RuleDevice> device =
        known != null ? Optional.of(known) : history.device(key.tenant(), key.device());
    slot.state =
        device.isEmpty()
            ? null
            : history
                .past(device.get())
                .rebuild(device.get(), book, peers, clock.millis(), startedAt, found);
    return slot.state;
  }

  private static boolean speaks(List<Measurement> measurements) {
    for (Measurement measurement : measurements) {
      if (measurement.quality() != Quality.BAD) {
        return true;
      }
    }
    return false;
  }
}
