package io.caravanhub.hub.rules;

import io.caravanhub.core.telemetry.Measurement;
import io.caravanhub.core.telemetry.Quality;
import io.caravanhub.core.telemetry.Telemetry;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
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
  private static final long MARGIN_MILLIS = 60_000;

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

  private static final class Slot {
    private @Nullable DeviceState state;
  }

  private final RuleLibrary library;
  private final DeviceHistory history;
  private final Clock clock;
  private final long startedAt;
  private final Map<Key, Slot> slots = new ConcurrentHashMap<>();

  @Autowired
  RuleEngine(RuleLibrary library, DeviceHistory history) {
    this(library, history, Clock.systemUTC());
  }

  RuleEngine(RuleLibrary library, DeviceHistory history, Clock clock) {
    this.library = library;
    this.history = history;
    this.clock = clock;
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
   * the registry, and notices silence. Called every few seconds.
   */
  public List<Detection> watch() {
    List<Detection> found = new ArrayList<>();
    for (String tenant : history.tenants()) {
      for (RuleDevice device : history.devices(tenant)) {
        watch(device, found);
      }
    }
    return found;
  }

  private void watch(RuleDevice device, List<Detection> found) {
    Key key = new Key(device.tenant(), device.id());
    Slot slot = slots.computeIfAbsent(key, k -> new Slot());
    synchronized (slot) {
      if (slot.state != null && !slot.state.device.equals(device)) {
        slot.state = null;
      }
      DeviceState state = current(key, slot, device, found);
      if (state != null) {
        state.listen(clock.millis(), startedAt, found);
      }
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
    RuleBook book = library.book();
    DeviceState state = slot.state;
    if (state != null && (state.book() == book || state.adopt(book))) {
      return state;
    }
    Optional<RuleDevice> device =
        known != null ? Optional.of(known) : history.device(key.tenant(), key.device());
    slot.state = device.isEmpty() ? null : rebuild(device.get(), book, found);
    return slot.state;
  }

  private DeviceState rebuild(RuleDevice device, RuleBook book, List<Detection> found) {
    DeviceState state = new DeviceState(device, book, book.inForce(device));
    if (state.runs().isEmpty()) {
      return state;
    }
    Map<String, DeviceHistory.LastEvent> events = new HashMap<>();
    history.lastEvents(device).forEach(event -> events.put(event.ruleId(), event));
    for (RuleRun run : state.runs()) {
      DeviceHistory.LastEvent event = events.get(run.rule.id());
      if (event == null) {
        continue;
      }
      Instant ended = event.endedAt();
      if (ended == null) {
        state.resume(run, event.openedAt().toEpochMilli());
      } else {
        run.settle(ended.toEpochMilli());
      }
    }
    if (state.watchesSilence()) {
      history.lastHeard(device).map(Instant::toEpochMilli).ifPresent(state::heard);
    }
    if (!state.metrics().isEmpty()) {
      long back = state.lookBackMillis() + MARGIN_MILLIS;
      List<Measurement> recent = history.recent(device, state.metrics(), back);
      state.accept(recent, clock.millis(), found);
      LOG.debug("Rebuilt the rules of {} from {} values", device.serial(), recent.size());
    }
    return state;
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
