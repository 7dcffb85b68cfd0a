package io.caravanhub.core.fieldbus;

import io.caravanhub.core.bacnet.BacnetDevice;
import io.caravanhub.core.bacnet.BacnetException;
import io.caravanhub.core.bacnet.BacnetProperty;
import io.caravanhub.core.bacnet.BacnetValue;
import io.caravanhub.core.bacnet.EventSummary;
import io.caravanhub.core.bacnet.ObjectId;
import io.caravanhub.core.bacnet.PropertyReference;
import io.caravanhub.core.bacnet.PropertyResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a device which alarms stand: by GetEventInformation, and where it refuses that or leaves it
 * unanswered three times running, for the event states of objects for an hour. Safe for many
 * threads.
 */
final class BacnetAlarmQuery {
  private static final Logger LOG = LoggerFactory.getLogger(BacnetAlarmQuery.class);
  private static final long WITHOUT_SUMMARIES = Duration.ofHours(1).toNanos();
  private static final int PATIENCE = 3;

  private final BacnetDevice device;
  private long summariesFrom = System.nanoTime();
  private int failures;
  private boolean fallBackTold;
  private @Nullable String problem;

  BacnetAlarmQuery(BacnetDevice device) {
    this.device = device;
  }

  /**
   * Which alarms stand.
   *
   * @param whole whether there are no others
   * @param states objects in alarm and their event states
   * @param normal objects that are not in alarm
   */
  record Answer(
      boolean whole, Map<ObjectId, Integer> states, List<ObjectId> normal, Maker alarms) {}

  /** What is known of an object in alarm. */
  interface Maker {
    Alarm make(ObjectId object, BacnetAlarmText text);
  }

  /** Why it is not known which alarms stand; null when it is. */
  synchronized @Nullable String note() {
    return problem == null ? null : "it is not known which alarms stand: " + problem;
  }

  /**
   * Asks.
   *
   * @param objects whose event states are read from a device that tells no summaries
   */
  CompletableFuture<Answer> ask(List<ObjectId> objects) {
    boolean summaries = tellsSummaries();
    CompletableFuture<Answer> asked =
        summaries ? device.events().thenApply(BacnetAlarmQuery::summarised) : eventStates(objects);
    return asked
        .handle(
            (answer, failure) -> {
              if (failure == null) {
                answered();
                return asked;
              }
              return fallsBack(cause(failure), summaries) ? eventStates(objects) : asked;
            })
        .thenCompose(Function.identity());
  }

  private synchronized boolean tellsSummaries() {
    return System.nanoTime() - summariesFrom >= 0;
  }

  private synchronized void answered() {
    failures = 0;
    problem = null;
  }

  private synchronized boolean fallsBack(Throwable why, boolean summaries) {
    BacnetException answer = why instanceof BacnetException bacnet ? bacnet : null;
    boolean refused = answer != null && answer.isRefusal();
    if (answer != null && answer.kind() != BacnetException.Kind.UNAVAILABLE) {
      failures++;
    }
    if (summaries && (refused || failures >= PATIENCE)) {
      answered();
      summariesFrom = System.nanoTime() + WITHOUT_SUMMARIES;
      if (!fallBackTold) {
        fallBackTold = true;
        LOG.info(
            "device {} at {} does not say which alarms stand ({}), its event states are read",
            device.instance(),
            device.address(),
            why.getMessage());
      }
      return true;
    }
    if (problem == null) {
      LOG.warn(
          "device {} at {}: it is not known which alarms stand: {}",
          device.instance(),
          device.address(),
          why.toString());
    }
    problem = why.getMessage() == null ? why.toString() : why.getMessage();
    return false;
  }

  private static Answer summarised(List<EventSummary> summaries) {
    Map<ObjectId, EventSummary> of = new HashMap<>();
    summaries.forEach(summary -> of.put(summary.object(), summary));
    return new Answer(
        true,
        BacnetAlarm.states(summaries),
        List.of(),
        (object, text) -> BacnetAlarm.of(Objects.requireNonNull(of.get(object)), text));
  }

  private CompletableFuture<Answer> eventStates(List<ObjectId> objects) {
    return device
        .read(
            objects.stream()
                .map(object -> PropertyReference.of(object, BacnetProperty.EVENT_STATE))
                .toList())
        .thenApply(BacnetAlarmQuery::stated);
  }

  private static Answer stated(List<PropertyResult> results) {
    Map<ObjectId, Integer> states = new LinkedHashMap<>();
    List<ObjectId> normal = new ArrayList<>();
    for (PropertyResult result : results) {
      ObjectId object = result.reference().object();
      if (result.value().orElse(null) instanceof BacnetValue.Enumerated state) {
        if (state.value() == BacnetAlarm.NORMAL) {
          normal.add(object);
        } else {
          states.put(object, (int) state.value());
        }
      }
    }
    return new Answer(
        false,
        states,
        normal,
        (object, text) -> BacnetAlarm.of(object, states.getOrDefault(object, 0), text));
  }

  private static Throwable cause(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }
}
