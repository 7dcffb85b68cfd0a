package io.caravanhub.hub.connector;

import io.caravanhub.core.cloud.Part;
import io.caravanhub.hub.connector.DeviceSync.Named;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/**
 * The devices that one stream has named, and what topics call them. What is said again and again is
 * written now and then. Called by one thread after the other.
 */
final class StreamDevices {
  private static final Duration AGAIN = Duration.ofMinutes(10);

  private final Connection connection;
  private final DeviceSync sync;
  private final Map<String, String> addresses;
  private final Map<String, Said> said = new HashMap<>();

  private record Said(Named named, Instant at) {}

  /**
   * @param addresses what topics call devices, and what they are known by
   */
  StreamDevices(Connection connection, DeviceSync sync, Map<String, String> addresses) {
    this.connection = connection;
    this.sync = sync;
    this.addresses = new HashMap<>(addresses);
  }

  /** What a device is known by that a topic calls so. */
  String known(String address) {
    return addresses.getOrDefault(address, address);
  }

  /**
   * Notes the devices of a message.
   *
   * @param complete whether there are no others
   */
  void saw(String mapping, List<Part> parts, boolean complete) {
    Instant now = Instant.now();
    List<Named> news = new ArrayList<>();
    DeviceSync.Seen seen = sync.describe(connection, mapping, parts);
    for (Named named : seen.named().values()) {
      Said before = said.get(named.id());
      if (before == null || !before.named.equals(named) || before.at.plus(AGAIN).isBefore(now)) {
        news.add(named);
      }
    }
    if (!news.isEmpty()) {
      sync.keep(connection, news);
      news.forEach(named -> remember(named, now));
    }
    // A device that could not be read has not vanished.
    if (complete && seen.whole()) {
      sync.vanished(connection, new HashSet<>(seen.named().keySet()));
    }
  }

  private void remember(Named named, Instant now) {
    said.put(named.id(), new Said(named, now));
    addresses.values().removeIf(named.id()::equals);
    if (!named.address().isEmpty()) {
      addresses.put(named.address(), named.id());
    }
  }
}
