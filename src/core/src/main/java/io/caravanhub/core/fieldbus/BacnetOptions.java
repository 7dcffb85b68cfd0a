package io.caravanhub.core.fieldbus;

import java.time.Duration;
import java.time.format.DateTimeParseException;
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
 * @param alarms how often the device is asked which alarms stand, or null when its alarms are no
 *     events
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
    int lifetime,
    @Nullable Duration alarms) {
  private static final Duration ALARMS = Duration.ofMinutes(1);
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
          "lifetime",
          "alarms");

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
        number(options, "lifetime", 300, 1, 86_400),
        alarms(options.get("alarms")));
  }

  private static @Nullable Duration alarms(@Nullable String said) {
    if (said == null || said.equals("true")) {
      return ALARMS;
    }
    if (said.equals("false")) {
      return null;
    }
    try {
      Duration every = Duration.parse(said);
      if (every.toSeconds() >= 1) {
        return every;
      }
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(notAlarms(said), e);
    }
    throw new IllegalArgumentException(notAlarms(said));
  }

  private static String notAlarms(String said) {
    return "alarms: expected true, false or a duration such as PT1M, a second at least, got "
        + said;
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
