package io.caravanhub.core.fieldbus;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A poller for each connection there is: new ones start, changed ones start again, gone ones stop.
 * What a device has said before its connection changed is still delivered before what comes after.
 */
final class DevicePollers {
  private static final Logger LOG = LoggerFactory.getLogger(DevicePollers.class);

  private final DeviceLinks links;
  private final DeviceMaps maps;
  private final PollTiming timing;
  private final ScheduledExecutorService scheduler;
  private final Supplier<Delivery> deliveries;
  private final Map<String, DevicePoller> pollers = new LinkedHashMap<>();
  private int started;
  private boolean listFailed;
  private boolean stopped;

  DevicePollers(
      DeviceLinks links,
      DeviceMaps maps,
      PollTiming timing,
      ScheduledExecutorService scheduler,
      Supplier<Delivery> deliveries) {
    this.links = links;
    this.maps = maps;
    this.timing = timing;
    this.scheduler = scheduler;
    this.deliveries = deliveries;
  }

  /** Follows the list; while it cannot be had, everything stays as it is. */
  void refresh(Supplier<List<FieldbusConnection>> list) {
    try {
      follow(list.get());
      listFailed = false;
    } catch (RuntimeException | Error e) {
      // An Error too: whoever calls this by a clock would not be called again.
      if (!listFailed) {
        LOG.warn("the list of connections cannot be had now, going on with the last: {}", e, e);
      }
      listFailed = true;
    }
  }

  /** Lets all of them go until the next list. */
  void rest() {
    follow(List.of());
  }

  private synchronized void follow(List<FieldbusConnection> wanted) {
    if (stopped) {
      return;
    }
    Map<String, FieldbusConnection> byDevice = new HashMap<>();
    wanted.forEach(connection -> byDevice.put(key(connection), connection));
    pollers
        .entrySet()
        .removeIf(
            entry -> {
              boolean gone = !byDevice.containsKey(entry.getKey());
              if (gone) {
                entry.getValue().stop();
              }
              return gone;
            });
    byDevice.forEach(
        (key, connection) -> {
          DevicePoller running = pollers.get(key);
          if (running == null) {
            start(key, connection, new Deliveries(deliveries.get(), deliveries.get()));
          } else if (!running.connection().equals(connection)) {
            running.stop();
            start(key, connection, running.deliveries());
          }
        });
  }

  private void start(String key, FieldbusConnection connection, Deliveries ways) {
    DevicePoller poller = new DevicePoller(connection, links, maps, timing, ways, scheduler);
    pollers.put(key, poller);
    poller.start(phase(connection.interval()));
  }

  private Duration phase(Duration interval) {
    return Duration.ofNanos(
        Math.round(PollGroups.share(started++) * PollGroups.phase(interval.toNanos())));
  }

  synchronized List<FieldbusStatus> status() {
    return pollers.values().stream().map(DevicePoller::status).toList();
  }

  /** Writes to a device, or nothing when it is not one of these. */
  synchronized Optional<CompletableFuture<WriteResult>> write(
      String tenant, String device, String metric, Object value) {
    return Optional.ofNullable(pollers.get(tenant + " " + device))
        .map(poller -> poller.write(metric, value));
  }

  synchronized void stop() {
    stopped = true;
    pollers.values().forEach(DevicePoller::stop);
    pollers.clear();
    links.close();
  }

  private static String key(FieldbusConnection connection) {
    return connection.tenant() + " " + connection.device();
  }
}
