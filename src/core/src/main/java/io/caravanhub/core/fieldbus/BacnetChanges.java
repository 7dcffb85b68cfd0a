package io.caravanhub.core.fieldbus;

import io.caravanhub.core.bacnet.BacnetDevice;
import io.caravanhub.core.bacnet.BacnetException;
import io.caravanhub.core.bacnet.BacnetProperty;
import io.caravanhub.core.bacnet.CovNotification;
import io.caravanhub.core.bacnet.CovSubscription;
import io.caravanhub.core.bacnet.PropertyResult;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The points of one device whose changes it has been asked to tell. One that refuses, or falls
 * silent for a lifetime, is polled. Safe for many threads.
 */
final class BacnetChanges {
  private static final Logger LOG = LoggerFactory.getLogger(BacnetChanges.class);

  private final BacnetDevice device;
  private final CovSubscription.CovOptions common;
  private final ReadingSink sink;
  private final Set<DevicePoint> asked = new HashSet<>();
  private final Queue<DevicePoint> waiting = new ArrayDeque<>();
  private final Map<DevicePoint, CovSubscription> subscriptions = new LinkedHashMap<>();
  private final Map<DevicePoint, String> refusals = new LinkedHashMap<>();
  private final Deadband deadband = new Deadband();
  private boolean asking;
  private boolean silenceTold;
  private boolean closed;

  BacnetChanges(BacnetDevice device, BacnetOptions options, ReadingSink sink) {
    this.device = device;
    this.sink = sink;
    common =
        new CovSubscription.CovOptions(
            options.confirmed(), Duration.ofSeconds(options.lifetime()), null);
  }

  /** Asks for the changes of those points that want it, each once, one after the other. */
  void subscribe(List<DevicePoint> points) {
    synchronized (this) {
      for (DevicePoint point : points) {
        if (BacnetPlace.of(point).cov() && asked.add(point)) {
          waiting.add(point);
        }
      }
    }
    next();
  }

  /** Whether the device tells the changes of a point now. */
  synchronized boolean tells(DevicePoint point) {
    CovSubscription subscription = subscriptions.get(point);
    if (subscription == null || subscription.active()) {
      return subscription != null;
    }
    if (!silenceTold) {
      silenceTold = true;
      LOG.warn(
          "device {} at {} tells no changes of {} any more, which is polled: {}",
          device.instance(),
          device.address(),
          point.place().shown(),
          subscription.error());
    }
    return false;
  }

  /** Which points are polled though their changes were asked for, and why; null for none. */
  synchronized @Nullable String note() {
    Map<DevicePoint, String> silent = new LinkedHashMap<>();
    subscriptions.forEach(
        (point, subscription) -> {
          if (!subscription.active()) {
            silent.put(point, Objects.requireNonNullElse(subscription.error(), "nothing came"));
          }
        });
    List<String> notes = new ArrayList<>();
    note(notes, refusals, "the device does not tell changes");
    note(notes, silent, "the device tells no changes any more");
    return notes.isEmpty() ? null : String.join("; ", notes);
  }

  private static void note(List<String> notes, Map<DevicePoint, String> polled, String why) {
    if (!polled.isEmpty()) {
      Map.Entry<DevicePoint, String> first = polled.entrySet().iterator().next();
      notes.add(
          first.getKey().metric()
              + (polled.size() > 1 ? " and " + (polled.size() - 1) + " more" : "")
              + ": polled, "
              + why
              + ": "
              + first.getValue());
    }
  }

  private void next() {
    DevicePoint point;
    synchronized (this) {
      if (closed || asking || waiting.isEmpty()) {
        return;
      }
      asking = true;
      point = waiting.remove();
    }
    BacnetPlace place = BacnetPlace.of(point);
    var unused =
        device
            .subscribe(
                place.property(),
                new CovSubscription.CovOptions(
                    common.confirmed(), common.lifetime(), place.covIncrement()),
                notification -> changed(point, notification))
            .whenComplete((subscription, failure) -> answered(point, subscription, failure));
  }

  private void answered(
      DevicePoint point, @Nullable CovSubscription subscription, @Nullable Throwable failure) {
    boolean late;
    synchronized (this) {
      asking = false;
      late = closed;
      if (subscription != null && !late) {
        subscriptions.put(point, subscription);
      }
      if (failure != null && !refused(failure)) {
        // Nothing came: the next read tries again.
        asked.remove(point);
      } else if (failure != null) {
        if (refusals.isEmpty()) {
          LOG.info(
              "device {} at {} does not tell changes of {}, which is polled: {}",
              device.instance(),
              device.address(),
              point.place().shown(),
              cause(failure).getMessage());
        }
        refusals.put(point, String.valueOf(cause(failure).getMessage()));
      }
    }
    if (late && subscription != null) {
      subscription.close();
    }
    next();
  }

  private void changed(DevicePoint point, CovNotification notification) {
    PropertyResult value = notification.of(BacnetPlace.of(point).property().property());
    if (value != null) {
      PropertyResult flags = notification.of(BacnetProperty.STATUS_FLAGS);
      List<Reading> news = news(BacnetReading.of(point, value, flags, null));
      if (!news.isEmpty()) {
        sink.changed(news);
      }
    }
  }

  private synchronized List<Reading> news(Reading reading) {
    return deadband.filter(List.of(reading));
  }

  private static boolean refused(Throwable failure) {
    return cause(failure) instanceof BacnetException bacnet && bacnet.isRefusal();
  }

  private static Throwable cause(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }

  void close() {
    List<CovSubscription> left;
    synchronized (this) {
      closed = true;
      waiting.clear();
      left = List.copyOf(subscriptions.values());
      subscriptions.clear();
    }
    left.forEach(CovSubscription::close);
  }
}
