package io.caravanhub.core.fieldbus;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads one device at its interval over a connection of its own. Any failure of a poll as a whole,
 * a time-out above all, closes the connection; the next attempt waits for the back-off and opens a
 * new one. Each failed attempt is delivered as readings of quality bad, so that a device that is
 * down is not merely silent. Never blocks a thread.
 */
final class DevicePoller {
  private static final Logger LOG = LoggerFactory.getLogger(DevicePoller.class);

  private final FieldbusConnection connection;
  private final DeviceLinks links;
  private final DeviceMaps maps;
  private final PollTiming timing;
  private final Delivery delivery;
  private final PollCounts counts = new PollCounts();
  private @Nullable Future<?> schedule;
  private @Nullable DeviceLink link;
  private @Nullable DeviceMap linkMap;
  private boolean polling;
  private boolean stopped;
  private int attempt;
  private int failuresInARow;
  private long notBefore = System.nanoTime();

  DevicePoller(
      FieldbusConnection connection,
      DeviceLinks links,
      DeviceMaps maps,
      PollTiming timing,
      Delivery delivery) {
    this.connection = connection;
    this.links = links;
    this.maps = maps;
    this.timing = timing;
    this.delivery = delivery;
  }

  /** Begins polling, the first time after the phase. */
  synchronized void start(ScheduledExecutorService scheduler, Duration phase) {
    schedule =
        scheduler.scheduleAtFixedRate(
            this::tick,
            phase.toMillis(),
            Math.max(connection.interval().toMillis(), 10),
            TimeUnit.MILLISECONDS);
  }

  synchronized void stop() {
    stopped = true;
    if (schedule != null) {
      schedule.cancel(false);
    }
    dropLink();
  }

  FieldbusConnection connection() {
    return connection;
  }

  Delivery delivery() {
    return delivery;
  }

  FieldbusStatus status() {
    return counts.status(connection, delivery.waiting(), delivery.dropped());
  }

  private synchronized void tick() {
    if (stopped || polling || System.nanoTime() - notBefore < 0) {
      return;
    }
    polling = true;
    int current = ++attempt;
    DeviceMap map = null;
    try {
      map = maps.get(connection.map(), connection.protocol());
      poll(current, map);
    } catch (RuntimeException e) {
      ended(current, map, null, e);
    }
  }

  private void poll(int current, DeviceMap map) {
    if (map != linkMap) {
      dropLink();
    }
    CompletableFuture<DeviceLink> opened =
        link != null ? CompletableFuture.completedFuture(link) : open(current, map);
    var unused =
        opened
            .thenCompose(DeviceLink::read)
            .orTimeout(timing.deadline().toMillis(), TimeUnit.MILLISECONDS)
            .whenComplete((readings, failure) -> ended(current, map, readings, failure));
  }

  private CompletableFuture<DeviceLink> open(int current, DeviceMap map) {
    counts.connecting();
    CompletableFuture<DeviceLink> opening = links.open(connection, map);
    return opening.thenApply(
        fresh -> {
          if (!keep(current, fresh, map)) {
            fresh.close();
          }
          return fresh;
        });
  }

  private synchronized boolean keep(int current, DeviceLink fresh, DeviceMap map) {
    if (stopped || current != attempt || !polling) {
      return false;
    }
    link = fresh;
    linkMap = map;
    return true;
  }

  private void ended(
      int current,
      @Nullable DeviceMap map,
      @Nullable List<Reading> readings,
      @Nullable Throwable failure) {
    List<Reading> result;
    synchronized (this) {
      if (stopped || current != attempt) {
        return;
      }
      polling = false;
      if (readings != null) {
        failuresInARow = 0;
        if (counts.succeeded(readings)) {
          LOG.info("{} at {} answers", connection.device(), connection.address());
        }
        result = readings;
      } else {
        result = failed(map, PollFailure.reason(failure, timing));
      }
    }
    if (!result.isEmpty()) {
      delivery.offer(new Poll(connection, Instant.now(), result));
    }
  }

  private List<Reading> failed(@Nullable DeviceMap map, String reason) {
    dropLink();
    failuresInARow++;
    notBefore = System.nanoTime() + timing.backOff().after(failuresInARow).toNanos();
    if (counts.failed(reason)) {
      LOG.warn("{} at {} is down: {}", connection.device(), connection.address(), reason);
    }
    return map == null
        ? List.of()
        : map.points().stream().map(point -> Reading.bad(point, reason)).toList();
  }

  private void dropLink() {
    if (link != null) {
      link.close();
      link = null;
    }
    linkMap = null;
  }
}
