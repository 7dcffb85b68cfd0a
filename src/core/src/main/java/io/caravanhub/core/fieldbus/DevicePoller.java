package io.caravanhub.core.fieldbus;

import io.caravanhub.core.telemetry.Quality;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads one device over a connection of its own, each group of points at its interval and one group
 * at a time; writes go between two readings. Any failure as a whole, a time-out above all, closes
 * the connection; the next attempt waits for the back-off and opens a new one. Each failed attempt
 * is delivered as readings of quality bad, so that a device that is down is not merely silent.
 * Never blocks a thread.
 */
final class DevicePoller {
  private static final Logger LOG = LoggerFactory.getLogger(DevicePoller.class);

  private final FieldbusConnection connection;
  private final DeviceLinks links;
  private final DeviceMaps maps;
  private final PollTiming timing;
  private final Deliveries deliveries;
  private final ScheduledExecutorService scheduler;
  private final PollCounts counts = new PollCounts();
  private final Deadband deadband = new Deadband();
  private final Queue<PendingWrite> writes = new ArrayDeque<>();
  private @Nullable Future<?> wake;
  private @Nullable DeviceLink link;
  private @Nullable DeviceMap map;
  private @Nullable PollGroups groups;
  private boolean busy;
  private boolean stopped;
  private int attempt;
  private int failuresInARow;
  private long notBefore = System.nanoTime();

  private record PendingWrite(
      DevicePoint point, Object value, CompletableFuture<WriteResult> result) {
    void failed(String reason) {
      result.complete(WriteResult.failed(null, reason));
    }
  }

  DevicePoller(
      FieldbusConnection connection,
      DeviceLinks links,
      DeviceMaps maps,
      PollTiming timing,
      Deliveries deliveries,
      ScheduledExecutorService scheduler) {
    this.connection = connection;
    this.links = links;
    this.maps = maps;
    this.timing = timing;
    this.deliveries = deliveries;
    this.scheduler = scheduler;
  }

  /** Begins polling, the first time after the phase. */
  synchronized void start(Duration phase) {
    wakeIn(phase.toNanos());
  }

  void stop() {
    List<PendingWrite> left;
    synchronized (this) {
      stopped = true;
      if (wake != null) {
        wake.cancel(false);
      }
      closeLink();
      left = pendingWrites();
    }
    left.forEach(write -> write.failed("the connection was stopped"));
  }

  FieldbusConnection connection() {
    return connection;
  }

  Deliveries deliveries() {
    return deliveries;
  }

  FieldbusStatus status() {
    return counts.status(connection, deliveries.waiting(), deliveries.dropped());
  }

  /**
   * Writes a metric of the device; whatever goes wrong is a result. A write whose turn has not come
   * within the deadline, or before the connection fails, is never tried.
   */
  CompletableFuture<WriteResult> write(String metric, Object value) {
    CompletableFuture<WriteResult> result = new CompletableFuture<>();
    synchronized (this) {
      DeviceMap known = map;
      if (stopped || link == null || known == null) {
        return CompletableFuture.completedFuture(
            WriteResult.failed(null, "the device cannot be reached now"));
      }
      DevicePoint point;
      try {
        point = WriteRules.writable(connection, known, metric, value);
      } catch (IllegalArgumentException e) {
        return CompletableFuture.completedFuture(
            WriteResult.refused(String.valueOf(e.getMessage())));
      }
      PendingWrite write = new PendingWrite(point, value, result);
      writes.add(write);
      if (!busy) {
        wakeIn(0);
      }
      after(timing.deadline().toNanos(), () -> tooLate(write));
    }
    return result;
  }

  private void tooLate(PendingWrite write) {
    boolean untried;
    synchronized (this) {
      untried = writes.remove(write);
    }
    if (untried) {
      write.failed("not tried: its turn did not come in " + timing.deadline().toMillis() + " ms");
    }
  }

  private synchronized void tick() {
    if (stopped || busy) {
      return;
    }
    DeviceLink open = link;
    PendingWrite write = open == null ? null : writes.poll();
    if (open != null && write != null) {
      write(open, write);
      return;
    }
    long now = System.nanoTime();
    if (notBefore - now > 0) {
      wakeIn(notBefore - now);
      return;
    }
    DeviceMap current = map;
    try {
      current = maps.get(connection);
      // The same object as long as its file has not changed.
      if (groups == null || !current.equals(map)) {
        closeLink();
        deadband.forget();
        map = current;
        long overruns = groups == null ? 0 : groups.overruns();
        groups = new PollGroups(current.points(), connection.interval(), now, overruns);
      }
    } catch (RuntimeException e) {
      busy = true;
      ended(++attempt, null, null, now, e);
      return;
    }
    PollGroups.Group due = groups.due(now);
    if (due == null) {
      wakeIn(groups.untilDue(now));
      return;
    }
    busy = true;
    int mine = ++attempt;
    try {
      poll(mine, current, due, now);
    } catch (RuntimeException e) {
      ended(mine, due, null, now, e);
    }
  }

  private void poll(int mine, DeviceMap current, PollGroups.Group group, long began) {
    CompletableFuture<DeviceLink> opened =
        link != null ? CompletableFuture.completedFuture(link) : open(mine, current);
    // A copy: what is done with a link that opens too late hangs on the original.
    var unused =
        opened
            .copy()
            .orTimeout(timing.deadline().toMillis(), TimeUnit.MILLISECONDS)
            .thenCompose(open -> read(open, group.points()))
            .whenComplete((readings, failure) -> ended(mine, group, readings, began, failure));
  }

  private CompletableFuture<List<Reading>> read(DeviceLink open, List<DevicePoint> points) {
    long deadline = open.deadline(points, timing.deadline()).toMillis();
    return open.read(points).orTimeout(deadline, TimeUnit.MILLISECONDS);
  }

  private CompletableFuture<DeviceLink> open(int mine, DeviceMap current) {
    Sink sink = new Sink();
    return links
        .open(connection, current, sink)
        .thenApply(
            fresh -> {
              if (!keep(mine, fresh, sink)) {
                fresh.close();
              }
              return fresh;
            });
  }

  private synchronized boolean keep(int mine, DeviceLink fresh, Sink sink) {
    if (stopped || mine != attempt || !busy) {
      return false;
    }
    link = fresh;
    sink.own = fresh;
    counts.connected();
    return true;
  }

  private void ended(
      int mine,
      PollGroups.@Nullable Group group,
      @Nullable List<Reading> readings,
      long began,
      @Nullable Throwable failure) {
    Runnable after;
    synchronized (this) {
      if (stopped || mine != attempt) {
        return;
      }
      busy = false;
      if (readings != null && group != null && groups != null) {
        failuresInARow = 0;
        long now = System.nanoTime();
        groups.read(group, now, isWithoutValue(readings, group));
        if (counts.succeeded(readings, now - began, groups.overruns(), groups.haveValues())) {
          LOG.info("{} at {} answers", connection.device(), connection.address());
        }
        counts.noted(link == null ? null : link.note());
        List<Reading> told = deadband.filter(readings);
        after = () -> deliver(told);
        wakeIn(writes.isEmpty() ? groups.untilDue(now) : 0);
      } else {
        after = failed(PollFailure.reason(failure, timing));
      }
    }
    after.run();
  }

  // Points that are not among the readings are told by the device unasked, and well then.
  private static boolean isWithoutValue(List<Reading> readings, PollGroups.Group group) {
    return readings.size() >= group.points().size()
        && readings.stream().allMatch(reading -> reading.quality() == Quality.BAD);
  }

  private void write(DeviceLink open, PendingWrite write) {
    busy = true;
    int mine = ++attempt;
    var unused =
        open.write(write.point, write.value)
            .orTimeout(timing.deadline().toMillis(), TimeUnit.MILLISECONDS)
            .whenComplete((result, failure) -> written(mine, write, result, failure));
  }

  private void written(
      int mine, PendingWrite write, @Nullable WriteResult result, @Nullable Throwable failure) {
    Runnable after = () -> {};
    synchronized (this) {
      if (!stopped && mine == attempt) {
        busy = false;
        if (failure == null) {
          wakeIn(0);
        } else {
          after = failed(PollFailure.reason(failure, timing));
        }
      }
    }
    after.run();
    write.result.complete(
        result == null ? WriteResult.failed(null, PollFailure.reason(failure, timing)) : result);
  }

  private void deliver(List<Reading> readings) {
    if (!readings.isEmpty()) {
      var unused = deliveries.readings().offer(new Poll(connection, Instant.now(), readings));
    }
  }

  /** What the device says between polls, as long as its connection is the one in use. */
  private final class Sink implements ReadingSink {
    private @Nullable DeviceLink own;

    @Override
    public void changed(List<Reading> readings) {
      changed(Instant.now(), readings);
    }

    @Override
    public boolean full() {
      return deliveries.readings().isBusy();
    }

    @Override
    public void changed(Instant at, List<Reading> readings) {
      if (!inUse()) {
        return;
      }
      counts.told(readings.size());
      var unused = deliveries.readings().offer(new Poll(connection, at, Instant.now(), readings));
    }

    @Override
    public CompletableFuture<Void> alarms(Instant at, Alarms said) {
      return inUse()
          ? deliveries.alarms().offer(new AlarmReport(connection, at, said))
          : CompletableFuture.failedFuture(
              new IllegalStateException("the connection is not in use"));
    }

    private boolean inUse() {
      synchronized (DevicePoller.this) {
        return !stopped && own != null && own == link;
      }
    }

    @Override
    public void reconnected() {
      counts.connected();
    }

    @Override
    public void lost(Throwable why) {
      Runnable after;
      synchronized (DevicePoller.this) {
        if (stopped || own == null || own != link) {
          return;
        }
        attempt++;
        busy = false;
        after = failed(PollFailure.reason(why, timing));
      }
      after.run();
    }
  }

  /**
   * Gives the connection up; what it answers tells everybody, and is to be run without the lock.
   */
  private Runnable failed(String reason) {
    if (link != null) {
      link.abandon();
      link = null;
    }
    failuresInARow++;
    long pause = timing.backOff().after(failuresInARow).toNanos();
    notBefore = System.nanoTime() + pause;
    if (groups != null) {
      groups.failed(notBefore);
    }
    deadband.forget();
    wakeIn(pause);
    if (counts.failed(reason)) {
      LOG.warn("{} at {} is down: {}", connection.device(), connection.address(), reason);
    }
    List<PendingWrite> left = pendingWrites();
    List<DevicePoint> points = map == null ? List.of() : map.points();
    return () -> {
      deliver(points.stream().map(point -> Reading.bad(point, reason)).toList());
      left.forEach(write -> write.failed("not tried: " + reason));
    };
  }

  private List<PendingWrite> pendingWrites() {
    List<PendingWrite> left = List.copyOf(writes);
    writes.clear();
    return left;
  }

  private void wakeIn(long nanos) {
    if (wake != null) {
      wake.cancel(false);
    }
    wake = after(Math.max(nanos, 0), this::tick);
  }

  private @Nullable Future<?> after(long nanos, Runnable task) {
    try {
      return scheduler.schedule(task, nanos, TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException stopping) {
      LOG.debug("{}: not read any more at shutdown", connection.device());
      return null;
    }
  }

  private void closeLink() {
    if (link != null) {
      link.close();
      link = null;
    }
  }
}
