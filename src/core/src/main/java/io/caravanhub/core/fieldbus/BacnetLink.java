package io.caravanhub.core.fieldbus;

import io.caravanhub.core.bacnet.BacnetDevice;
import io.caravanhub.core.bacnet.BacnetProperty;
import io.caravanhub.core.bacnet.BacnetValue;
import io.caravanhub.core.bacnet.EventNotification;
import io.caravanhub.core.bacnet.ObjectId;
import io.caravanhub.core.bacnet.PropertyReference;
import io.caravanhub.core.bacnet.PropertyResult;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One device that has said who it is. Each read asks for its identity too: whoever has taken over
 * its address does not have its device object and is refused. Points whose changes the device tells
 * are left out of reads as long as it does. An event notification of an object brings its
 * event-state at once, and is an alarm unless the connection's options say otherwise.
 */
final class BacnetLink implements DeviceLink {
  private final BacnetDevice device;
  private final DeviceMap map;
  private final ReadingSink sink;
  private final BacnetChanges changes;
  private final @Nullable BacnetAlarms alarms;
  private final Runnable noMoreEvents;
  private final Set<ObjectId> withoutFlags = ConcurrentHashMap.newKeySet();

  BacnetLink(
      BacnetClients clients,
      BacnetDevice device,
      BacnetOptions options,
      DeviceMap map,
      ReadingSink sink) {
    this.device = device;
    this.map = map;
    this.sink = sink;
    changes = new BacnetChanges(device, options, sink);
    alarms =
        options.alarms() == null
            ? null
            : new BacnetAlarms(device, objects(map), options.alarms(), BacnetAlarms.AGAIN, sink);
    noMoreEvents =
        clients.onEvent(
            (from, event) ->
                from.equals(device.address()) && event.device() == device.instance()
                    ? told(event)
                    : null);
  }

  private static List<ObjectId> objects(DeviceMap map) {
    return map.points().stream()
        .map(point -> BacnetPlace.of(point).property().object())
        .distinct()
        .toList();
  }

  @Override
  public CompletableFuture<List<Reading>> read(List<DevicePoint> points) {
    changes.subscribe(points);
    List<DevicePoint> asked = points.stream().filter(point -> !changes.tells(point)).toList();
    Set<PropertyReference> references = new LinkedHashSet<>(List.of(identity()));
    for (DevicePoint point : asked) {
      BacnetPlace place = BacnetPlace.of(point);
      references.add(place.property());
      if (place.isPresentValue() && !withoutFlags.contains(place.property().object())) {
        references.add(flags(place));
      }
    }
    return device
        .read(List.copyOf(references))
        .thenCompose(
            results -> {
              Map<PropertyReference, PropertyResult> byReference = new HashMap<>();
              results.forEach(result -> byReference.put(result.reference(), result));
              requireSame(results.get(0));
              if (alarms != null) {
                alarms.look();
              }
              return withReliability(asked, byReference);
            })
        .thenApply(results -> readings(asked, results));
  }

  // Its identity, and of each point the value and the flags.
  @Override
  public Duration deadline(List<DevicePoint> points, Duration usual) {
    return usual.plus(device.patience(1 + 2 * points.size()));
  }

  @Override
  public @Nullable String note() {
    return Stream.of(changes.note(), alarms == null ? null : alarms.note())
        .filter(Objects::nonNull)
        .reduce((first, second) -> first + "; " + second)
        .orElse(null);
  }

  @Override
  public CompletableFuture<WriteResult> write(DevicePoint point, Object value) {
    return device
        .read(List.of(identity(), BacnetPlace.of(point).property()))
        .thenCompose(
            results -> {
              requireSame(results.get(0));
              return new BacnetWrite(device, point, value).run(results.get(1));
            });
  }

  // Only an object at fault is asked why.
  private CompletableFuture<Map<PropertyReference, PropertyResult>> withReliability(
      List<DevicePoint> points, Map<PropertyReference, PropertyResult> results) {
    List<PropertyReference> faulty =
        points.stream()
            .map(BacnetPlace::of)
            .filter(place -> BacnetReading.isFault(results.get(flags(place))))
            .map(BacnetLink::reliability)
            .distinct()
            .toList();
    return faulty.isEmpty()
        ? CompletableFuture.completedFuture(results)
        : device
            .read(faulty)
            .thenApply(
                reasons -> {
                  reasons.forEach(reason -> results.put(reason.reference(), reason));
                  return results;
                });
  }

  private List<Reading> readings(
      List<DevicePoint> points, Map<PropertyReference, PropertyResult> results) {
    List<Reading> readings = new ArrayList<>();
    for (DevicePoint point : points) {
      BacnetPlace place = BacnetPlace.of(point);
      PropertyResult result = results.get(place.property());
      PropertyResult flags = place.isPresentValue() ? results.get(flags(place)) : null;
      if (flags != null && flags.error() != null) {
        withoutFlags.add(place.property().object());
      }
      readings.add(
          result == null
              ? Reading.bad(point, "the device left it out of its answer")
              : BacnetReading.of(point, result, flags, results.get(reliability(place))));
    }
    return readings;
  }

  private void requireSame(PropertyResult identity) {
    if (!identity.values().equals(List.of(ObjectId.device(device.instance())))) {
      throw new CompletionException(
          new ConnectException(
              "what answers at "
                  + device.address()
                  + " is not device "
                  + device.instance()
                  + " any more"));
    }
  }

  private CompletableFuture<Void> told(EventNotification event) {
    List<Reading> readings =
        map.points().stream()
            .filter(
                point ->
                    BacnetPlace.of(point)
                        .property()
                        .equals(PropertyReference.of(event.object(), BacnetProperty.EVENT_STATE)))
            .map(
                point ->
                    BacnetReading.of(
                        point,
                        new PropertyResult(
                            BacnetPlace.of(point).property(),
                            List.of(new BacnetValue.Enumerated(event.toState())),
                            null),
                        null,
                        null))
            .toList();
    if (!readings.isEmpty()) {
      sink.changed(readings);
    }
    return alarms == null ? CompletableFuture.completedFuture(null) : alarms.told(event);
  }

  private PropertyReference identity() {
    return PropertyReference.of(
        ObjectId.device(device.instance()), BacnetProperty.OBJECT_IDENTIFIER);
  }

  private static PropertyReference flags(BacnetPlace place) {
    return PropertyReference.of(place.property().object(), BacnetProperty.STATUS_FLAGS);
  }

  private static PropertyReference reliability(BacnetPlace place) {
    return PropertyReference.of(place.property().object(), BacnetProperty.RELIABILITY);
  }

  @Override
  public void close() {
    noMoreEvents.run();
    changes.close();
  }
}
