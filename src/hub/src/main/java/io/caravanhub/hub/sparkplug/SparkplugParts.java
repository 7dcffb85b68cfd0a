package io.caravanhub.hub.sparkplug;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.caravanhub.core.unit.Units;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gathers what one message comes to. Not thread-safe; one for each message. */
final class SparkplugParts {
  private final ObjectMapper json;
  private final byte[] payload;
  private final List<SparkplugPart> parts = new ArrayList<>();

  SparkplugParts(ObjectMapper json, byte[] payload) {
    this.json = json;
    this.payload = payload;
  }

  List<SparkplugPart> list() {
    return parts;
  }

  /** A birth or a death, as a text measurement of the device at the time it was received. */
  void status(String device, boolean online) {
    ObjectNode message = json.createObjectNode();
    message.putObject("metrics").put("connection_status", online ? "online" : "offline");
    parts.add(new SparkplugPart(device, "sparkplug-status", bytes(message), null, ""));
  }

  void refuse(String device, String field, String reason) {
    parts.add(new SparkplugPart(device, "sparkplug", payload, field, reason));
  }

  /**
   * The values of a message; metrics that control the node, and those that are null, are none.
   *
   * @return false when an alias is unknown
   */
  boolean values(EdgeNode node, SparkplugTopic topic, SparkplugPayload message) {
    ArrayNode measurements = json.createArrayNode();
    List<String> unknown = new ArrayList<>();
    for (SparkplugMetric metric : message.metrics()) {
      BirthMetric known = node.find(topic.device(), metric);
      String name = known == null ? metric.name() : known.name();
      if (name.isEmpty()) {
        unknown.add(Long.toString(metric.alias()));
      } else if (!isControl(name) && !metric.isNull()) {
        add(measurements, topic, message, metric, name, known);
      }
    }
    if (!measurements.isEmpty()) {
      ObjectNode body = json.createObjectNode();
      body.set("measurements", measurements);
      parts.add(new SparkplugPart(topic.subject(), "sparkplug", bytes(body), null, ""));
    }
    if (!unknown.isEmpty()) {
      refuse(
          topic.subject(),
          "metrics.alias",
          "no birth named alias "
              + String.join(", ", unknown)
              + "; the node was asked for its births");
    }
    return unknown.isEmpty();
  }

  private void add(
      ArrayNode measurements,
      SparkplugTopic topic,
      SparkplugPayload message,
      SparkplugMetric metric,
      String name,
      @Nullable BirthMetric known) {
    int type = metric.dataType() != 0 || known == null ? metric.dataType() : known.dataType();
    Object value = MetricValue.of(type, metric.value());
    if (MetricValue.isRefused(type) || value == null) {
      refuse(
          topic.subject(),
          "metrics." + name,
          "expected a number, text or Boolean, got "
              + (MetricValue.isRefused(type) ? MetricValue.name(type) : "no value"));
      return;
    }
    ObjectNode measurement = measurements.addObject();
    measurement.put("name", name);
    measurement.set("value", json.valueToTree(value));
    String unit = known == null ? metric.unit() : known.unit();
    if (unit != null && Units.isKnown(unit) && !(value instanceof String)) {
      measurement.put("unit", unit);
    }
    long ts = metric.timestamp() > 0 ? metric.timestamp() : message.timestamp();
    if (ts > 0) {
      measurement.put("timestamp", Instant.ofEpochMilli(ts).toString());
    }
  }

  private static boolean isControl(String name) {
    return name.equals("bdSeq")
        || name.startsWith("Node Control/")
        || name.startsWith("Device Control/");
  }

  private byte[] bytes(ObjectNode message) {
    try {
      return json.writeValueAsBytes(message);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
