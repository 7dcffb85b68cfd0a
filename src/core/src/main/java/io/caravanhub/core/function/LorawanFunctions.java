package io.caravanhub.core.function;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a LoRaWAN network server wraps round the values of a device, taken off: The Things Stack 3
 * ({@code uplink_message}), ChirpStack 4 and 3 ({@code object} beside {@code deviceInfo} or {@code
 * devEUI}). Anything else counts as the bare values. So one mapping serves a model behind each.
 *
 * <p>Gives {@code {fields, time, port, radio}}: the decoded values, when the network server took
 * the frame, its port, and the measurements {@code signal_strength} (dBm) and {@code signal_snr}
 * (dB) of the gateway that heard it best, the battery of a ChirpStack status, the state of a join.
 * What is not known is absent.
 */
public final class LorawanFunctions {
  private LorawanFunctions() {}

  /**
   * Reads one message.
   *
   * @throws com.dashjoin.jsonata.JException for a frame with bytes that the network server did not
   *     decode
   */
  public static @Nullable Object uplink(@Nullable Object envelope) {
    if (Arguments.isNothing(envelope)) {
      return null;
    }
    if (!(envelope instanceof Map<?, ?> message)) {
      throw Arguments.wrong("uplink", "expected an object", envelope);
    }
    if (message.get("uplink_message") instanceof Map<?, ?> uplink) {
      return thingsStack(message, uplink);
    }
    if (message.containsKey("join_accept")) {
      return uplink(Map.of(), message.get("received_at"), null, joined());
    }
    if (message.containsKey("deviceInfo") || message.containsKey("devEUI")) {
      return chirpStack(message);
    }
    return uplink(message, null, null, List.of());
  }

  private static Map<String, Object> thingsStack(Map<?, ?> message, Map<?, ?> uplink) {
    Object fields = uplink.get("decoded_payload");
    if (!(fields instanceof Map) && filled(uplink.get("frm_payload"))) {
      throw new IllegalArgumentException(
          "uplink_message.decoded_payload: absent; give the device a payload formatter in The"
              + " Things Stack");
    }
    Object time = uplink.get("received_at");
    return uplink(
        fields instanceof Map<?, ?> map ? map : Map.of(),
        time == null ? message.get("received_at") : time,
        uplink.get("f_port"),
        radio(uplink.get("rx_metadata"), "snr"));
  }

  private static Map<String, Object> chirpStack(Map<?, ?> message) {
    Object fields = message.get("object");
    if (!(fields instanceof Map) && filled(message.get("data"))) {
      throw new IllegalArgumentException(
          "object: absent; give the device profile a payload codec in ChirpStack");
    }
    List<Object> radio =
        message.containsKey("devEUI") ? radio(message.get("rxInfo"), "loRaSNR") : status(message);
    return uplink(
        fields instanceof Map<?, ?> map ? map : Map.of(),
        message.containsKey("time") ? message.get("time") : message.get("publishedAt"),
        message.get("fPort"),
        radio);
  }

  /** An uplink's radio; or what the events join and status say, which have no frame. */
  private static List<Object> status(Map<?, ?> message) {
    if (message.containsKey("rxInfo") || message.containsKey("fCnt")) {
      return radio(message.get("rxInfo"), "snr");
    }
    if (message.get("batteryLevel") instanceof Number level) {
      return Boolean.TRUE.equals(message.get("batteryLevelUnavailable"))
          ? joined()
          : List.of(battery(level));
    }
    boolean speaks = message.containsKey("devAddr") || message.containsKey("externalPowerSource");
    return speaks && !message.containsKey("acknowledged") ? joined() : List.of();
  }

  private static List<Object> joined() {
    return List.of(measurement("connection_status", "online"));
  }

  private static Map<String, Object> battery(Number level) {
    Map<String, Object> battery = measurement("battery_level", level);
    battery.put("unit", "%");
    return battery;
  }

  private static List<Object> radio(@Nullable Object gateways, String snrField) {
    Map<?, ?> best = Map.of();
    double loudest = Double.NEGATIVE_INFINITY;
    if (gateways instanceof List<?> list) {
      for (Object gateway : list) {
        if (gateway instanceof Map<?, ?> heard
            && heard.get("rssi") instanceof Number rssi
            && rssi.doubleValue() > loudest) {
          loudest = rssi.doubleValue();
          best = heard;
        }
      }
    }
    List<Object> radio = new ArrayList<>(2);
    add(radio, "signal_strength", best.get("rssi"));
    add(radio, "signal_snr", best.get(snrField));
    return radio;
  }

  private static void add(List<Object> measurements, String name, @Nullable Object value) {
    if (value instanceof Number) {
      measurements.add(measurement(name, value));
    }
  }

  private static Map<String, Object> measurement(String name, Object value) {
    Map<String, Object> measurement = new LinkedHashMap<>();
    measurement.put("name", name);
    measurement.put("value", value);
    return measurement;
  }

  private static boolean filled(@Nullable Object bytes) {
    return bytes instanceof String text && !text.isEmpty();
  }

  private static Map<String, Object> uplink(
      Map<?, ?> fields, @Nullable Object time, @Nullable Object port, List<Object> radio) {
    Map<String, Object> uplink = new LinkedHashMap<>();
    uplink.put("fields", fields);
    if (time != null) {
      uplink.put("time", time);
    }
    if (port != null) {
      uplink.put("port", port);
    }
    if (!radio.isEmpty()) {
      uplink.put("radio", radio);
    }
    return uplink;
  }
}
