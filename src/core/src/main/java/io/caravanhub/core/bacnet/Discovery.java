package io.caravanhub.core.bacnet;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who has said I-Am, and who waits for it. An instance that two addresses claim is told: in a
 * network each is to be one device (clause 12.11.1). Remembers the last 10,000. Safe for many
 * threads.
 */
final class Discovery {
  private static final Logger LOG = LoggerFactory.getLogger(Discovery.class);
  private static final int REMEMBERED = 10_000;

  private final BacnetCounts counts;
  private final List<Consumer<IAm>> listeners = new CopyOnWriteArrayList<>();
  private final Map<Integer, Known> known =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, Known> eldest) {
          return size() > REMEMBERED;
        }
      };

  private record Known(BacnetAddress address, boolean doubled) {}

  Discovery(BacnetCounts counts) {
    this.counts = counts;
  }

  Runnable listen(Consumer<IAm> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  void heard(IAm device) {
    synchronized (known) {
      Known before = known.get(device.instance());
      boolean doubled = before != null && before.doubled();
      if (before != null && !before.address().sameDevice(device.address())) {
        counts.duplicates.increment();
        if (!doubled) {
          LOG.warn(
              "BACnet device {} is claimed by {} and by {}: one of them has the wrong instance",
              device.instance(),
              before.address(),
              device.address());
        }
        doubled = true;
      }
      known.put(device.instance(), new Known(device.address(), doubled));
    }
    listeners.forEach(listener -> listener.accept(device));
  }

  /** The instances claimed by more than one address. */
  List<Integer> doubled() {
    synchronized (known) {
      List<Integer> doubled = new ArrayList<>();
      known.forEach(
          (instance, device) -> {
            if (device.doubled()) {
              doubled.add(instance);
            }
          });
      return doubled;
    }
  }
}
