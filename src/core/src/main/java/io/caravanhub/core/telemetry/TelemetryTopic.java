package io.caravanhub.core.telemetry;

import org.apache.camel.Exchange;
import org.apache.camel.Message;

/**
 * Reads tenant and device out of the topic of an MQTT message: {@code t/{tenant}/d/{device}/...} or
 * {@code t/{tenant}/g/{gateway}/d/{device}/...}. Every header the message came with is removed, so
 * that nobody steers routes from outside.
 */
public final class TelemetryTopic {
  private static final String TOPIC = "CamelMqttTopic";

  /** Sets the telemetry headers of the exchange. */
  public void read(Exchange exchange) {
    Message message = exchange.getMessage();
    String topic = message.getHeader(TOPIC, "", String.class);
    String[] levels = topic.split("/", -1);
    int device = levels.length > 5 && levels[2].equals("g") ? 4 : 2;
    if (levels.length < device + 3 || !levels[0].equals("t") || !levels[device].equals("d")) {
      throw new UnusableMessageException(
          "topic", "expected t/{tenant}/d/{device}/telemetry, got \"" + topic + "\"");
    }
    message.removeHeaders("*");
    message.setHeader(TelemetryHeaders.TENANT, levels[1]);
    message.setHeader(TelemetryHeaders.DEVICE, levels[device + 1]);
    message.setHeader(TelemetryHeaders.SOURCE, "mqtt");
    message.setHeader(TelemetryHeaders.RECEIVED, Long.toString(System.currentTimeMillis()));
  }
}
