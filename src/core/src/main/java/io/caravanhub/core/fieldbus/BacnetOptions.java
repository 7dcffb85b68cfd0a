package io.caravanhub.core.fieldbus;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Options of a connection over BACnet/IP.
 *
 * @param network number of the network behind a router; 0 for none
 * @param mac address in that network in hex, or empty
 * @param device instance that must answer, or null for whichever does
 * @param foreign BBMD at which to register, or null
 * @param ttl seconds a registration lasts unless renewed
 * @param broadcast where a Who-Is goes, or null for everybody on the local network
 * @param bind local address, or null for any
 * @param confirmed whether changes of value are to be acknowledged
 * @param lifetime seconds a subscription lasts unless renewed
 */
record BacnetOptions(
    int network,
    String mac,
    @Nullable Integer device,
    @Nullable String foreign,
    int ttl,
    @Nullable String broadcast,
    @Nullable String bind,
    boolean confirmed,
    int lifetime) {
  static final Set<String> NAMES =
      Set.of(
          "network",
          "mac",
          "device",
          "foreign",
          "ttl",
          "broadcast",
          "bind",
          "confirmed",
          "lifetime");

  /**
   * @throws IllegalArgumentException naming the option
   */
  static BacnetOptions of(Map<String, String> options) {
    String mac =
        options.getOrDefault("mac", "").replace(":", "").toLowerCase(java.util.Locale.ROOT);
    if (!mac.matches("([0-9a-f]{2}){0,18}")) {
      throw new IllegalArgumentException("mac: expected octets in hex, got " + mac);
    }
    int network = number(options, "network", 0, 0, 65534);
    if (network == 0 && !mac.isEmpty() || network != 0 && mac.isEmpty()) {
      throw new IllegalArgumentException("mac: network and mac go together");
    }
    return new BacnetOptions(
        network,
        mac,
        options.containsKey("device") ? (Integer) number(options, "device", 0, 0, 4194302) : null,
        options.get("foreign"),
        number(options, "ttl", 300, 1, 65535),
        options.get("broadcast"),
        options.get("bind"),
        Boolean.parseBoolean(options.getOrDefault("confirmed", "false")),
        number(options, "lifetime", 300, 1, 86_400));
  }

  private static int number(
      Map<String, String> options, String name, int fallback, int least, int most) {
    String text = options.get(name);
    if (text == null) {
      return fallback;
    }
    try {
      int number = Integer.parseInt(text);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          name + ": expected " + least + " to " + most + ", got " + text, e);
    }
    throw new IllegalArgumentException(
        name + ": expected " + least + " to " + most + ", got " + text);
  }
}
