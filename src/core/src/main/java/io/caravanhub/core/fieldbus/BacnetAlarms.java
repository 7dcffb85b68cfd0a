package io.caravanhub.core.fieldbus;

import io.caravanhub.core.bacnet.BacnetDevice;
import io.caravanhub.core.bacnet.EventNotification;
import io.caravanhub.core.bacnet.EventTime;
import io.caravanhub.core.bacnet.ObjectId;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The alarms of one device, as it tells them and as it says when it is asked which stand: what was
 * raised or cleared while nobody listened is found so. What is known already is told again only now
 * and then, for whoever could not use it the first time. Safe for many threads.
 */
final class BacnetAlarms {
  /** After which time all that stands is told again. */
  static final Duration AGAIN = Duration.ofMinutes(15);

  private static final int MOST = 1_000;
  private static final int OVERTAKEN_MOST = 3;
  private static final Duration CLOCK_SET = Duration.ofMinutes(1);

  private final BacnetDevice device;
  private final List<ObjectId> read;
  private final long every;
  private final long again;
  private final ReadingSink sink;
  private final BacnetAlarmTexts texts;
  private final BacnetAlarmQuery query;

  /** The last transition of each object, and what became of telling it. */
  private final Map<ObjectId, Told> last = new HashMap<>();

  /** Objects in alarm, as they were told. */
  private final Map<ObjectId, Integer> standing = new LinkedHashMap<>();

  private CompletableFuture<?> ready = CompletableFuture.completedFuture(null);
  private Instant heard = Instant.EPOCH;
  private int waiting;
  private boolean allTold;
  private long toldAt;
  private boolean looking;
  private long transitions;
  private long askedAfter;
  private int overtaken;
  private long nextLook = System.nanoTime();

  private record Told(EventTime time, int state, long number, CompletableFuture<Void> kept) {
    boolean repeats(EventNotification event) {
      return !kept.isCompletedExceptionally()
          && (event.time().isJustBefore(time)
              || event.time().equals(time) && event.toState() == state);
    }
  }

  /**
   * @param read the objects that the map reads
   * @param every how often the device is asked
   * @param again after which time all that stands is told again
   */
  BacnetAlarms(
      BacnetDevice device, List<ObjectId> read, Duration every, Duration again, ReadingSink sink) {
    this.device = device;
    this.read = read;
    this.every = every.toNanos();
    this.again = again.toNanos();
    this.sink = sink;
    texts = new BacnetAlarmTexts(device);
    query = new BacnetAlarmQuery(device);
  }

  /** Why it is not known which alarms stand; null when it is. */
  @Nullable String note() {
    return query.note();
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
        if (!event.time().equals(before.time())) {
          // Late, or the device's clock was set back.
          nextLook = System.nanoTime();
        }
        return before.kept();
      }
      if (waiting >= MOST || last.size() >= 10 * MOST && before == null) {
        return CompletableFuture.failedFuture(
            new IllegalStateException("too many alarms of " + device.address() + " wait"));
      }
      if (event.toState() == BacnetAlarm.NORMAL) {
        standing.remove(object);
      } else {
        standing.put(object, event.toState());
      }
      kept = next(() -> texts.name(object).thenApply(name -> alarms(event, name)));
      last.put(object, new Told(event.time(), event.toState(), ++transitions, kept));
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
    List<ObjectId> objects;
    synchronized (this) {
      if (looking || nextLook - System.nanoTime() > 0) {
        return;
      }
      looking = true;
      askedAfter = transitions;
      nextLook = System.nanoTime() + every;
      Set<ObjectId> all = new LinkedHashSet<>(read);
      all.addAll(last.keySet());
      all.addAll(standing.keySet());
      objects = List.copyOf(all);
    }
    var unused = query.ask(objects).whenComplete((answer, failure) -> looked(answer));
  }

  private synchronized void looked(BacnetAlarmQuery.@Nullable Answer answer) {
    looking = false;
    if (answer == null) {
      return;
    }
    // The answer may be of the time before what was told meanwhile.
    boolean late = askedAfter != transitions;
    if (late && ++overtaken < OVERTAKEN_MOST) {
      nextLook = System.nanoTime();
      return;
    }
    overtaken = 0;
    Map<ObjectId, Integer> states = new LinkedHashMap<>(answer.states());
    states.keySet().removeIf(this::isToldSinceAsked);
    boolean fresh = System.nanoTime() - toldAt < again;
    if (!late && allTold && fresh && states.equals(standing)) {
      return;
    }
    boolean whole = answer.whole() && !late && states.size() <= MOST;
    Set<ObjectId> normal = new LinkedHashSet<>(answer.normal());
    if (answer.whole() && !whole) {
      normal.addAll(standing.keySet());
    }
    normal.removeIf(object -> states.containsKey(object) || isToldSinceAsked(object));
    standing.keySet().removeIf(object -> !isToldSinceAsked(object));
    standing.putAll(states);
    allTold = !late;
    toldAt = System.nanoTime();

    List<ObjectId> active = List.copyOf(states.keySet());
    for (List<ObjectId> piece : whole ? List.of(active) : pieces(active)) {
      tell(whole, piece, states, answer.alarms());
    }
    for (List<ObjectId> piece : pieces(List.copyOf(normal))) {
      List<String> cleared = piece.stream().map(BacnetAlarm::code).toList();
      var unused =
          next(() -> CompletableFuture.completedFuture(new Alarms(false, List.of(), cleared)));
    }
  }

  private boolean isToldSinceAsked(ObjectId object) {
    Told told = last.get(object);
    return told != null && told.number() > askedAfter;
  }

  // No report may name more (see docs/EVENTS.md).
  private static List<List<ObjectId>> pieces(List<ObjectId> objects) {
    List<List<ObjectId>> pieces = new ArrayList<>();
    for (int from = 0; from < objects.size(); from += MOST) {
      pieces.add(objects.subList(from, Math.min(from + MOST, objects.size())));
    }
    return pieces;
  }

  private void tell(
      boolean whole,
      List<ObjectId> objects,
      Map<ObjectId, Integer> states,
      BacnetAlarmQuery.Maker maker) {
    Map<ObjectId, Integer> told = new LinkedHashMap<>();
    objects.forEach(object -> told.put(object, states.getOrDefault(object, 0)));
    var unused =
        next(
            () ->
                texts
                    .all(told)
                    .thenApply(
                        known -> {
                          List<Alarm> active = new ArrayList<>();
                          known.forEach((object, text) -> active.add(maker.make(object, text)));
                          return new Alarms(whole, active, List.of());
                        }));
  }

  /**
   * Hands on in the order in which it came, though names are read in between. Called under the
   * lock, but asks and hands on from the pool without it: the sink has a lock of its own, under
   * which it calls {@link #look}.
   */
  private CompletableFuture<Void> next(Supplier<CompletableFuture<Alarms>> maker) {
    waiting++;
    Instant at = now();
    CompletableFuture<CompletableFuture<Void>> offered =
        ready
            .handle((done, failure) -> done)
            .thenComposeAsync(done -> maker.get())
            .thenApplyAsync(said -> sink.alarms(at, said));
    ready = offered;
    return offered.thenCompose(Function.identity()).whenComplete((done, failure) -> ended(failure));
  }

  /** Later than what was heard before, for who takes it tells them apart by milliseconds. */
  private Instant now() {
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    boolean setBack = heard.isAfter(now.plus(CLOCK_SET));
    heard = setBack || now.isAfter(heard) ? now : heard.plusMillis(1);
    return heard;
  }

  private synchronized void ended(@Nullable Throwable failure) {
    waiting--;
    if (failure != null) {
      // Everything is told anew.
      allTold = false;
    }
  }
}
