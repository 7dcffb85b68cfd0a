package io.caravanhub.hub.console;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How keys, numbers, units and moments are put before a person. Stateless. */
public final class Wording {
  private static final Map<String, String> UNITS =
      Map.ofEntries(
          Map.entry("Cel", "°C"),
          Map.entry("[degF]", "°F"),
          Map.entry("K", "K"),
          Map.entry("m3/h", "m³/h"),
          Map.entry("m3", "m³"),
          Map.entry("m/s2", "m/s²"),
          Map.entry("[rpm]", "rpm"),
          Map.entry("{rpm}", "rpm"),
          Map.entry("[psi]", "psi"),
          Map.entry("[in_i'H2O]", "inH₂O"),
          Map.entry("[in_i'Hg]", "inHg"),
          Map.entry("[ppm]", "ppm"),
          Map.entry("[ppb]", "ppb"),
          Map.entry("dB{mW}", "dBm"),
          Map.entry("[gal_us]/min", "gpm"),
          Map.entry("[cft_i]/min", "cfm"),
          Map.entry("kW.h", "kWh"),
          Map.entry("W.h", "Wh"),
          Map.entry("Ohm", "Ω"),
          Map.entry("deg", "°"),
          Map.entry("ug/m3", "µg/m³"),
          Map.entry("m2", "m²"),
          Map.entry("1", ""));
  private static final Map<String, String> KEYS =
      Map.ofEntries(
          Map.entry("api", "API"),
          Map.entry("bacnet", "BACnet"),
          Map.entry("co2", "CO₂"),
          Map.entry("fsm", "FSM"),
          Map.entry("http", "HTTP"),
          Map.entry("modbus", "Modbus"),
          Map.entry("modbus_tcp", "Modbus TCP"),
          Map.entry("modbus_rtu_tcp", "Modbus RTU over TCP"),
          Map.entry("modbus_rtu", "Modbus RTU"),
          Map.entry("linked_to_work_order", "Linked"),
          Map.entry("mqtt", "MQTT"),
          Map.entry("oem", "OEM"),
          Map.entry("opcua", "OPC UA"),
          Map.entry("pm1", "PM1"),
          Map.entry("pm10", "PM10"),
          Map.entry("pm25", "PM2.5"),
          Map.entry("tvoc", "TVOC"),
          Map.entry("vibration_rms", "Vibration RMS"));
  private static final DateTimeFormatter MOMENT =
      DateTimeFormatter.ofPattern("d MMM yyyy, HH:mm:ss 'UTC'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  /** {@code suction_pressure} as "Suction pressure", {@code modbus_tcp} as "Modbus TCP". */
  public String key(@Nullable String key) {
    if (key == null || key.isBlank()) {
      return "";
    }
    String known = KEYS.get(key);
    if (known != null) {
      return known;
    }
    String words = key.replace('_', ' ').replace('-', ' ').strip().toLowerCase(Locale.ROOT);
    return words.isEmpty() ? key : Character.toUpperCase(words.charAt(0)) + words.substring(1);
  }

  /** A processing mode of device types. */
  public String mode(String label) {
    return switch (label) {
      case "gateway_chunked" -> "Gateway in chunks";
      case "rtu_multiport" -> "Device with ports";
      default -> key(label);
    };
  }

  /** One of six tones, always the same for a name. */
  public int tone(String name) {
    return Math.floorMod(name.hashCode(), 6);
  }

  /** UCUM code as people write it. */
  public String unit(@Nullable String ucum) {
    return ucum == null ? "" : UNITS.getOrDefault(ucum, ucum);
  }

  /**
   * The value that raised it, with unit and limit; empty where it is a bare number, as of a fault
   * code.
   */
  public String measured(EventLine event) {
    Double value = event.value();
    Double limit = event.threshold();
    String unit = unit(event.unit());
    if (value == null || (unit.isBlank() && limit == null)) {
      return "";
    }
    return (number(value) + " " + unit).strip() + (limit == null ? "" : ", limit " + number(limit));
  }

  /** The units that are written otherwise than their UCUM code, as a JSON object for scripts. */
  public String units() {
    return new TreeMap<>(UNITS)
        .entrySet().stream()
            .map(e -> "\"" + e.getKey() + "\":\"" + e.getValue() + "\"")
            .collect(Collectors.joining(",", "{", "}"));
  }

  /** Three or four significant digits, thousands grouped. */
  public String number(double value) {
    if (Double.isNaN(value)) {
      return "–";
    }
    double size = Math.abs(value);
    int decimals = size >= 100 ? 0 : size >= 10 ? 1 : 2;
    return String.format(Locale.ENGLISH, "%,." + decimals + "f", value);
  }

  /** A rate per second: 0, 0.4, 12.5, 1,204. */
  public String rate(double perSecond) {
    return perSecond < 0.05
        ? "0"
        : String.format(Locale.ENGLISH, perSecond < 99.95 ? "%,.1f" : "%,.0f", perSecond);
  }

  /** A count: 1,204 or 1.2 M. */
  public String count(long count) {
    return count < 1_000_000
        ? String.format(Locale.ENGLISH, "%,d", count)
        : String.format(Locale.ENGLISH, "%,.1f M", count / 1e6);
  }

  /** The hub's clock, epoch milliseconds; pages reckon ages by it and not by their own. */
  public long now() {
    return System.currentTimeMillis();
  }

  /** How long ago, in one unit. */
  public String ago(@Nullable Instant then) {
    if (then == null) {
      return "never";
    }
    long seconds = Math.max(0, Duration.between(then, Instant.now()).toSeconds());
    if (seconds < 60) {
      return seconds < 1 ? "just now" : seconds + " s ago";
    }
    return seconds < 3600
        ? seconds / 60 + " min ago"
        : seconds < 86400 ? seconds / 3600 + " h ago" : seconds / 86400 + " d ago";
  }

  /** How long until then, in one unit, rounded up. */
  public String until(@Nullable Instant then) {
    if (then == null) {
      return "";
    }
    long seconds = Duration.between(Instant.now(), then).toSeconds();
    if (seconds <= 0) {
      return "now";
    }
    return "in "
        + (seconds < 60
            ? seconds + " s"
            : seconds < 3600
                ? (seconds + 59) / 60 + " min"
                : seconds < 86400
                    ? (seconds + 3599) / 3600 + " h"
                    : (seconds + 86399) / 86400 + " d");
  }

  /** A length of time in one unit, or in two where one does not do: 90 s, 2 min, 1 h 30 min. */
  public String span(@Nullable Duration length) {
    if (length == null) {
      return "";
    }
    long seconds = length.toSeconds();
    if (seconds < 120 && seconds % 60 != 0) {
      return seconds + " s";
    }
    long minutes = seconds / 60;
    if (minutes < 60) {
      return minutes + " min" + (seconds % 60 == 0 ? "" : " " + seconds % 60 + " s");
    }
    long hours = minutes / 60;
    if (hours < 48) {
      return hours + " h" + (minutes % 60 == 0 ? "" : " " + minutes % 60 + " min");
    }
    return hours / 24 + " d" + (hours % 24 == 0 ? "" : " " + hours % 24 + " h");
  }

  /** As {@link #span}, of a mean. */
  public String seconds(double seconds) {
    return seconds < 1 ? "at once" : span(Duration.ofSeconds(Math.round(seconds)));
  }

  /** The moment in full, for a tooltip. */
  public String moment(@Nullable Instant then) {
    return then == null ? "" : MOMENT.format(then);
  }

  /** Bytes as B, kB or MB. */
  public String bytes(long bytes) {
    return bytes < 1000
        ? bytes + " B"
        : bytes < 1_000_000
            ? String.format(Locale.ENGLISH, "%.1f kB", bytes / 1e3)
            : String.format(Locale.ENGLISH, "%.1f MB", bytes / 1e6);
  }
}
