package io.caravanhub.core.fieldbus;

import io.caravanhub.core.bacnet.BacnetDevice;
import io.caravanhub.core.bacnet.BacnetException;
import io.caravanhub.core.bacnet.BacnetProperty;
import io.caravanhub.core.bacnet.BacnetValue;
import io.caravanhub.core.bacnet.EventNotification;
import io.caravanhub.core.bacnet.EventSummary;
import io.caravanhub.core.bacnet.EventTime;
import io.caravanhub.core.bacnet.ObjectId;
import io.caravanhub.core.bacnet.PropertyReference;
import io.caravanhub.core.bacnet.PropertyResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The alarms of one device, as it tells them and as it says when it is asked which stand: what was
 * raised or cleared while nobody listened is found so. What is known already is not told again. A
 * device that knows no GetEventInformation is asked for the event states of the objects that are
 * read or were ever in alarm. Safe for many threads.
 */
final class BacnetAlarms {
  private static final Logger LOG = LoggerFactory.getLogger(BacnetAlarms.class);
  private static final int MOST = 1_000;

  private final BacnetDevice device;
  private final List<ObjectId> read;
  private final long every;
  private final ReadingSink sink;
  private final BacnetAlarmTexts texts;

  /** The last transition of each object, and what became of telling it. */
  private final Map<ObjectId, Told> last = new HashMap<>();

  /** Objects in alarm, as they were told. */
  private Map<ObjectId, Integer> standing = new LinkedHashMap<>();

  private CompletableFuture<?> ready = CompletableFuture.completedFuture(null);
  private int waiting;
  private boolean allTold;
  private boolean knowsSummaries = true;
  private boolean looking;
  private long transitions;
  private long askedAfter;
  private long nextLook = System.nanoTime();

  private record Told(EventTime time, int state, CompletableFuture<Void> kept) {
    boolean repeats(EventNotification event) {
      return !kept.isCompletedExceptionally()
          && (event.time().isJustBefore(time)
              || event.time().equals(time) && event.toState() == state);
    }
  }

  /**
   * @param read the objects that the map reads
   * @param every how often the device is asked
   */
  BacnetAlarms(BacnetDevice device, List<ObjectId> read, Duration every, ReadingSink sink) {
    this.device = device;
    this.read = read;
    this.every = every.toNanos();
    this.sink = sink;
    texts = new BacnetAlarmTexts(device);
  }

  /**
   * Takes what the device tells. A repetition, as devices send until they hear something, is what
   * it repeats.
   *
   * @return completes when it is kept, fails when it could not be
   */
  CompletableFuture<Void> told(EventNotification event) {
    boolean nothing =
        event.notifyType() == EventNotification.ACK_NOTIFICATION
            // A full buffer is told so (clause 13.3.7).
            || event.toState() == BacnetAlarm.NORMAL
                && Integer.valueOf(BacnetAlarm.NORMAL).equals(event.fromState());
    if (nothing) {
      return CompletableFuture.completedFuture(null);
    }
    ObjectId object = event.object();
    CompletableFuture<Void> kept;
    synchronized (this) {
      Told before = last.get(object);
      if (before != null && before.repeats(event)) {
        return before.kept();
      }
      if (waiting >= MOST || last.size() >= 10 * MOST && before == null) {
        return CompletableFuture.failedFuture(
            new IllegalStateException("too many alarms of " + device.address() + " wait"));
      }
      transitions++;
      if (event.toState() == BacnetAlarm.NORMAL) {
        standing.remove(object);
      } else {
        standing.put(object, event.toState());
      }
      kept = next(() -> texts.name(object).thenApply(name -> alarms(event, name)));
      last.put(object, new Told(event.time(), event.toState(), kept));
    }
    return kept;
  }

  private static Alarms alarms(EventNotification event, BacnetAlarmText name) {
    return event.toState() == BacnetAlarm.NORMAL
        ? new Alarms(false, List.of(), List.of(BacnetAlarm.code(event.object())))
        : new Alarms(false, List.of(BacnetAlarm.of(event, name)), List.of());
  }

  /** Asks which alarms stand, when it is time to. */
  void look() {
    boolean summaries;
    List<ObjectId> objects;
    synchronized (this) {
      if (looking || nextLook - System.nanoTime() > 0) {
        return;
      }
      looking = true;
      askedAfter = transitions;
      nextLook = System.nanoTime() + every;
      summaries = knowsSummaries;
      Set<ObjectId> all = new LinkedHashSet<>(read);
      all.addAll(last.keySet());
      all.addAll(standing.keySet());
      objects = List.copyOf(all);
    }
    CompletableFuture<Void> asked =
        summaries
            ? device.events().thenAccept(this::summarised)
            : device
                .read(objects.stream().map(BacnetAlarms::eventState).toList())
                .thenAccept(this::stated);
    var unused = asked.whenComplete((done, failure) -> looked(failure));
  }

  private void looked(@Nullable Throwable failure) {
    boolean again = false;
    synchronized (this) {
      looking = false;
      if (knowsSummaries && failure != null && cause(failure) instanceof BacnetException refusal) {
        again = refusal.isRefusal();
        knowsSummaries = !again;
        nextLook = again ? System.nanoTime() : nextLook;
      }
    }
    if (again) {
      LOG.info(
          "device {} at {} does not say which alarms stand ({}), its event states are read",
          device.instance(),
          device.address(),
          cause(failure).getMessage());
      look();
    }
  }

  private void summarised(List<EventSummary> summaries) {
    Map<ObjectId, Integer> states = BacnetAlarm.states(summaries);
    boolean whole = states.size() <= MOST;
    if (!whole) {
      LOG.warn(
          "device {} at {} has {} alarms, {} are told",
          device.instance(),
          device.address(),
          states.size(),
          MOST);
      states.keySet().retainAll(List.copyOf(states.keySet()).subList(0, MOST));
    }
    Map<ObjectId, EventSummary> of = new HashMap<>();
    summaries.forEach(summary -> of.put(summary.object(), summary));
    tell(
        whole,
        states,
        List.of(),
        (object, text) -> BacnetAlarm.of(Objects.requireNonNull(of.get(object)), text));
  }

  private void stated(List<PropertyResult> results) {
    Map<ObjectId, Integer> states = new LinkedHashMap<>();
    List<String> cleared = new ArrayList<>();
    for (PropertyResult result : results) {
      ObjectId object = result.reference().object();
      if (result.value().orElse(null) instanceof BacnetValue.Enumerated state) {
        if (state.value() == BacnetAlarm.NORMAL) {
          cleared.add(BacnetAlarm.code(object));
        } else {
          states.put(object, (int) state.value());
        }
      }
    }
    tell(
        false,
        states,
        cleared,
        (object, text) -> BacnetAlarm.of(object, states.getOrDefault(object, 0), text));
  }

  private interface Maker {
    Alarm make(ObjectId object, BacnetAlarmText text);
  }

  private synchronized void tell(
      boolean whole, Map<ObjectId, Integer> states, List<String> cleared, Maker maker) {
    if (allTold && states.equals(standing)) {
      return;
    }
    if (allTold && askedAfter != transitions) {
      // The answer may be of the time before what was told meanwhile.
      nextLook = System.nanoTime();
      return;
    }
    allTold = true;
    standing = new LinkedHashMap<>(states);
    var unused =
        next(
            () ->
                texts
                    .all(states)
                    .thenApply(
                        known -> {
                          List<Alarm> active = new ArrayList<>();
                          known.forEach((object, text) -> active.add(maker.make(object, text)));
                          return new Alarms(whole, active, cleared);
                        }));
  }

  /**
   * Hands on in the order in which it came, though names are read in between. Under the lock, which
   * the sink must never be called with: it has one of its own.
   */
  private CompletableFuture<Void> next(Supplier<CompletableFuture<Alarms>> maker) {
    waiting++;
    CompletableFuture<CompletableFuture<Void>> offered =
        ready
            .handleAsync((done, failure) -> done)
            .thenCompose(done -> maker.get())
            .thenApply(sink::alarms);
    ready = offered;
    return offered.thenCompose(Function.identity()).whenComplete((done, failure) -> ended(failure));
  }

  private synchronized void ended(@Nullable Throwable failure) {
    waiting--;
    if (failure != null) {
      // Everything is told anew.
      allTold = false;
    }
  }

  private static PropertyReference eventState(ObjectId object) {
    return PropertyReference.of(object, BacnetProperty.EVENT_STATE);
  }

  private static Throwable cause(@Nullable Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : Objects.requireNonNull(failure);
  }
}
