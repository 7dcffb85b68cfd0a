package io.caravanhub.edge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Fills {@code ${NAME}} and {@code ${NAME:-default}} in texts from the environment. */
final class EnvironmentText {
  private static final Pattern NAME =
      Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)(:-([^}]*))?}");

  private EnvironmentText() {}

  static JsonNode fill(JsonNode node, Map<String, String> environment) {
    if (node instanceof ObjectNode object) {
      for (Map.Entry<String, JsonNode> field : List.copyOf(object.properties())) {
        object.set(field.getKey(), fill(field.getValue(), environment));
      }
    } else if (node instanceof ArrayNode array) {
      for (int i = 0; i < array.size(); i++) {
        array.set(i, fill(array.get(i), environment));
      }
    } else if (node.isTextual() && node.asText().contains("${")) {
      return TextNode.valueOf(fill(node.asText(), environment));
    }
    return node;
  }

  private static String fill(String text, Map<String, String> environment) {
    return NAME.matcher(text)
        .replaceAll(
            found -> {
              String value = environment.getOrDefault(found.group(1), "");
              if (!value.isEmpty()) {
                return Matcher.quoteReplacement(value);
              }
              if (found.group(2) == null) {
                throw new IllegalArgumentException(
                    "${" + found.group(1) + "}: there is no such environment variable");
              }
              return Matcher.quoteReplacement(String.valueOf(found.group(3)));
            });
  }
}
