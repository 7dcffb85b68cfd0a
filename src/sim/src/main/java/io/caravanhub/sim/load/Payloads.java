package io.caravanhub.sim.load;

import java.nio.charset.StandardCharsets;

/**
 * The bytes of messages. {@link #SEQUENCE} carries the message's number, so that the comparison at
 * the end sees wrong values too. Thread-safe.
 */
final class Payloads {
  /** The metric that holds the message's number on its device. */
  static final String SEQUENCE = "load_sequence";

  /** No JSON at all: what a hub must keep as a dead letter. */
  private static final byte[] BAD = "{\"time\": not a payload".getBytes(StandardCharsets.US_ASCII);

  private final int metrics;

  /**
   * Payloads in the hub's own shape, of so many measurements each.
   *
   * @param metrics at least 1; the number of the message is one of them
   */
  Payloads(int metrics) {
    this.metrics = metrics;
  }

  static byte[] bad() {
    return BAD;
  }

  /**
   * What a device of the made-up maker sends: {@link LoadPlan#MQTT_METRICS} measurements, which
   * mappings/caravan/load.jsonata reads.
   */
  static byte[] vendor(LoadDevice device, int message) {
    StringBuilder json = new StringBuilder(96);
    json.append("{\"time\":")
        .append(device.ledger().timestamp(message))
        .append(",\"seq\":")
        .append(message)
        .append(",\"temps\":{\"sat_f\":")
        .append(temperature(message))
        .append("},\"press\":{\"dp_psi\":")
        .append(pressure(message));
    return json.append("}}").toString().getBytes(StandardCharsets.US_ASCII);
  }

  /** One message in the hub's own shape: {@code {deviceId, timestamp, metrics}}. */
  void canonical(LoadDevice device, int message, StringBuilder json) {
    json.append("{\"deviceId\":\"")
        .append(device.serial())
        .append("\",\"timestamp\":")
        .append(device.ledger().timestamp(message))
        .append(",\"metrics\":{\"")
        .append(SEQUENCE)
        .append("\":")
        .append(message);
    for (int i = 1; i < metrics; i++) {
      json.append(",\"load_").append(i).append("\":").append(value(message, i));
    }
    json.append("}}");
  }

  private static String temperature(int message) {
    return (50 + message % 17) + "." + message % 10;
  }

  private static String pressure(int message) {
    return (200 + message % 91) + "." + message % 10;
  }

  private static String value(int message, int metric) {
    return (metric * 10 + message % 37) + "." + message % 10;
  }
}
