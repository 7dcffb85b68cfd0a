package io.caravanhub.edge.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;

/**
 * A value that the hub wants written: {@code {id, device, metric, value, expires}}.
 *
 * @param id the hub's, the same each time it is sent
 * @param value a Number, a Boolean or a String
 * @param expires when it is no longer wanted, by the hub's clock
 */
record Command(String id, String device, String metric, Object value, Instant expires) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int ID_MAX = 200;

  /** A message that is no command; {@code id} is empty when not even that could be read. */
  static final class UnreadableException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String id;

    UnreadableException(String id, String reason) {
      super(reason);
      this.id = id;
    }

    String id() {
      return id;
    }
  }

  static Command read(byte[] message) throws UnreadableException {
    JsonNode node;
    try {
      node = JSON.readTree(message);
    } catch (IOException e) {
      throw new UnreadableException("", "not JSON");
    }
    String id = node.path("id").asText("");
    if (id.isEmpty() || id.length() > ID_MAX) {
      throw new UnreadableException("", "id: expected a text of 1 to " + ID_MAX + " characters");
    }
    return new Command(
        id,
        text(node, id, "device"),
        text(node, id, "metric"),
        value(node.path("value"), id),
        time(text(node, id, "expires"), id));
  }

  private static String text(JsonNode node, String id, String field) throws UnreadableException {
    String text = node.path(field).asText("");
    if (text.isEmpty()) {
      throw new UnreadableException(id, field + ": is required");
    }
    return text;
  }

  private static Object value(JsonNode value, String id) throws UnreadableException {
    if (value.isNumber() && Double.isFinite(value.doubleValue())) {
      return value.numberValue();
    }
    if (value.isBoolean()) {
      return value.booleanValue();
    }
    if (value.isTextual()) {
      return value.textValue();
    }
    throw new UnreadableException(id, "value: expected a number, a text, true or false");
  }

  private static Instant time(String text, String id) throws UnreadableException {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      throw new UnreadableException(id, "expires: expected ISO 8601, got \"" + text + "\"");
    }
  }
}
