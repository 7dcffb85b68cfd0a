package io.caravanhub.core.fieldbus;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
  private static final double GOLDEN_RATIO = 0.618_033_988_749_895;
  private static final long LONGEST_PHASE_MILLIS = 5000;

  private final DeviceLinks links;
  private final DeviceMaps maps;
  private final PollTiming timing;
  private final ScheduledExecutorService scheduler;
  private final Supplier<Delivery> deliveries;
  private final Map<String, DevicePoller> pollers = new LinkedHashMap<>();
  private int started;
  private boolean listFailed;

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
    } catch (RuntimeException e) {
      if (!listFailed) {
        LOG.warn("the list of connections cannot be had now, going on with the last: {}", e, e);
      }
      listFailed = true;
    }
  }

  private synchronized void follow(List<FieldbusConnection> wanted) {
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
            start(key, connection, deliveries.get());
          } else if (!running.connection().equals(connection)) {
            running.stop();
            start(key, connection, running.delivery());
          }
        });
  }

  private void start(String key, FieldbusConnection connection, Delivery delivery) {
    DevicePoller poller = new DevicePoller(connection, links, maps, timing, delivery);
    pollers.put(key, poller);
    poller.start(scheduler, phase(connection.interval()));
  }

  // Multiples of the golden ratio spread evenly however many there come to be.
  private Duration phase(Duration interval) {
    double share = (started++ * GOLDEN_RATIO) % 1;
    return Duration.ofMillis(
        Math.round(share * Math.min(interval.toMillis(), LONGEST_PHASE_MILLIS)));
  }

  synchronized List<FieldbusStatus> status() {
    return pollers.values().stream().map(DevicePoller::status).toList();
  }

  synchronized void stop() {
    pollers.values().forEach(DevicePoller::stop);
    pollers.clear();
  }

  private static String key(FieldbusConnection connection) {
    return connection.tenant() + " " + connection.device();
  }
}
