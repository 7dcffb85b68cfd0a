package io.caravanhub.edge.work;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** The work on one device without routes: messages in, what goes on out, in order. */
final class Site {
  static final ObjectMapper JSON = new ObjectMapper();
  static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  final WorkCounts counts = new WorkCounts();
  final List<JsonNode> sent = new ArrayList<>();
  final DeviceWork work;

  /** One value that went on. */
  record Sent(Instant at, String metric, Object value) {}

  Site(WorkSettings settings) {
    work = new DeviceWork("D", settings, counts, new AtomicLong(), bytes -> sent.add(parse(bytes)));
  }

  static ObjectNode message(Instant at) {
    ObjectNode message = JSON.createObjectNode();
    message.put("device_id", "D").put("timestamp", at.toString()).putArray("measurements");
    return message;
  }

  static ObjectNode with(ObjectNode message, String metric, Object value) {
    ObjectNode one = ((ArrayNode) message.get("measurements")).addObject();
    one.put("name", metric);
    one.set("value", JSON.valueToTree(value));
    return message;
  }

  static ObjectNode bad(ObjectNode message, String metric, String reason) {
    with(message, metric, null);
    ObjectNode last =
        (ObjectNode) message.get("measurements").get(message.get("measurements").size() - 1);
    last.put("quality", "bad").put("reason", reason);
    return message;
  }

  static byte[] bytes(JsonNode message) {
    try {
      return JSON.writeValueAsBytes(message);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static JsonNode parse(byte[] body) {
    try {
      return JSON.readTree(body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Gives a message in; whether anything of it went on. */
  boolean take(JsonNode message) {
    byte[] rest = work.take(bytes(message), true);
    if (rest != null) {
      sent.add(parse(rest));
    }
    return rest != null;
  }

  boolean take(Instant at, String metric, Object value) {
    return take(with(message(at), metric, value));
  }

  /** All values sent, in the order they were. */
  List<Sent> values() {
    return values(sent);
  }

  /** The last value sent. */
  Sent last() {
    return values(sent.subList(sent.size() - 1, sent.size())).get(0);
  }

  private static List<Sent> values(List<JsonNode> messages) {
    List<Sent> values = new ArrayList<>();
    for (JsonNode message : messages) {
      Instant at = Instant.parse(message.get("timestamp").asText());
      for (JsonNode one : message.get("measurements")) {
        JsonNode value = one.get("value");
        values.add(
            new Sent(
                at,
                one.get("name").asText(),
                value.isNumber() ? (Object) value.doubleValue() : value.asText(null)));
      }
    }
    return values;
  }

  List<Sent> values(String metric) {
    return values().stream().filter(sent -> sent.metric().equals(metric)).toList();
  }
}
