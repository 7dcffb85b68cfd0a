package io.caravanhub.testkit.cloud;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Moves the times of scripted answers, so that the newest of a script is now and all keep their
 * distance. Thread-safe.
 */
public final class MovedTimes {
  private static final String ISO =
      "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)";

  private final Instant newest;

  /** Looks for the newest time of all answers. */
  public MovedTimes(Script script) {
    Instant found = Instant.EPOCH;
    for (Script.Call call : script.calls()) {
      if (!call.open()) {
        found = newest(call.answer(), found);
      }
    }
    newest = found;
  }

  private static Instant newest(JsonNode node, Instant before) {
    Instant newest = before;
    for (JsonNode below : node) {
      newest = newest(below, newest);
    }
    Instant own = time(node);
    return own != null && own.isAfter(newest) ? own : newest;
  }

  private static @Nullable Instant time(JsonNode node) {
    if (node.isTextual() && node.asText().matches(ISO)) {
      return OffsetDateTime.parse(node.asText()).toInstant();
    }
    if (node.isIntegralNumber() && node.asText().matches("1[4-9]\\d{8}")) {
      return Instant.ofEpochSecond(node.asLong());
    }
    return node.isIntegralNumber() && node.asText().matches("1[4-9]\\d{11}")
        ? Instant.ofEpochMilli(node.asLong())
        : null;
  }

  /** An answer with its times moved; it is changed. */
  public JsonNode now(JsonNode answer) {
    return newest.equals(Instant.EPOCH)
        ? answer
        : moved(answer, Duration.between(newest, Instant.now().truncatedTo(ChronoUnit.MILLIS)));
  }

  private static JsonNode moved(JsonNode node, Duration by) {
    if (node instanceof ObjectNode object) {
      for (Map.Entry<String, JsonNode> field : List.copyOf(object.properties())) {
        object.set(field.getKey(), moved(field.getValue(), by));
      }
      return object;
    }
    if (node instanceof ArrayNode array) {
      for (int i = 0; i < array.size(); i++) {
        array.set(i, moved(array.get(i), by));
      }
      return array;
    }
    Instant time = time(node);
    if (time == null) {
      return node;
    }
    Instant then = time.plus(by);
    return node.isTextual()
        ? JsonNodeFactory.instance.textNode(then.toString())
        : JsonNodeFactory.instance.numberNode(
            node.asText().length() > 10 ? then.toEpochMilli() : then.getEpochSecond());
  }
}
