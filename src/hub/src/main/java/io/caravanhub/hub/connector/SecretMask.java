package io.caravanhub.hub.connector;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Takes secrets out of what is shown: the values of fields whose names speak of one, and the values
 * of a connection's credentials wherever they stand. Thread-safe.
 */
final class SecretMask {
  private static final Pattern TELLING =
      Pattern.compile(
          "(?i).*(secret|passw|passphrase|token|api[_-]?key|access[_-]?key|private[_-]?key|authorization|credential|cookie|signature|session[_-]?id).*|(?i)(auth|key|pin|otp|psk)");

  /** A shorter value would be found in every second payload. */
  private static final int SHORTEST = 4;

  private final List<String> values;

  SecretMask(Collection<String> credentials) {
    this.values =
        credentials.stream()
            .flatMap(
                c ->
                    java.util.stream.Stream.concat(
                        java.util.stream.Stream.of(c), List.of(c.split("\\s+")).stream()))
            .filter(v -> v.length() >= SHORTEST)
            .distinct()
            .sorted(Comparator.comparingInt(String::length).reversed())
            .toList();
  }

  String text(String text) {
    String masked = text;
    for (String value : values) {
      masked = masked.replace(value, ConnectionView.MASK);
    }
    return masked;
  }

  JsonNode tree(JsonNode tree) {
    if (tree.isTextual()) {
      return JsonNodeFactory.instance.textNode(text(tree.asText()));
    }
    if (tree.isObject()) {
      ObjectNode masked = JsonNodeFactory.instance.objectNode();
      tree.properties()
          .forEach(
              f ->
                  masked.set(
                      text(f.getKey()),
                      f.getValue().isValueNode()
                              && !f.getValue().isNull()
                              && !f.getValue().isBoolean()
                              && TELLING.matcher(f.getKey()).matches()
                          ? JsonNodeFactory.instance.textNode(ConnectionView.MASK)
                          : tree(f.getValue())));
      return masked;
    }
    if (tree.isArray()) {
      ArrayNode masked = JsonNodeFactory.instance.arrayNode();
      tree.forEach(element -> masked.add(tree(element)));
      return masked;
    }
    return tree.isNumber() && values.contains(tree.asText())
        ? JsonNodeFactory.instance.textNode(ConnectionView.MASK)
        : tree;
  }
}
