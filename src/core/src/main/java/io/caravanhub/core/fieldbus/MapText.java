package io.caravanhub.core.fieldbus;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Writes a device map as the YAML that people edit: a point a line. */
final class MapText {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z][A-Za-z0-9_./ -]*(?<! )");
  private static final Pattern WORD =
      Pattern.compile("(?i)y|n|yes|no|on|off|true|false|null|nan|inf");

  private MapText() {}

  /**
   * @param comments lines that begin with #, kept at the top
   * @param head the map's fields, without its points
   */
  static String write(List<String> comments, JsonNode head, List<? extends JsonNode> points) {
    StringBuilder text = new StringBuilder();
    comments.forEach(line -> text.append(line).append('\n'));
    for (Map.Entry<String, JsonNode> field : head.properties()) {
      if (!field.getKey().equals("points")) {
        text.append(key(field.getKey())).append(": ");
        value(field.getValue(), text);
        text.append('\n');
      }
    }
    text.append("points:\n");
    for (JsonNode point : points) {
      text.append("  - ");
      value(point, text);
      text.append('\n');
    }
    return text.toString();
  }

  private static void value(JsonNode node, StringBuilder text) {
    if (node.isObject()) {
      String comma = "{";
      for (Map.Entry<String, JsonNode> field : node.properties()) {
        text.append(comma).append(key(field.getKey())).append(": ");
        value(field.getValue(), text);
        comma = ", ";
      }
      text.append(node.isEmpty() ? "{}" : "}");
    } else if (node.isArray()) {
      String comma = "[";
      for (JsonNode item : node) {
        text.append(comma);
        value(item, text);
        comma = ", ";
      }
      text.append(node.isEmpty() ? "[]" : "]");
    } else if (node.isTextual()) {
      text.append(isPlain(node.asText()) ? node.asText() : node.toString());
    } else {
      text.append(node);
    }
  }

  // A key that is a number stays one: the raw values of a state are.
  private static String key(String text) {
    return isPlain(text) || text.matches("0|[1-9]\\d{0,8}")
        ? text
        : TextNode.valueOf(text).toString();
  }

  private static boolean isPlain(String text) {
    return PLAIN.matcher(text).matches() && !WORD.matcher(text).matches();
  }
}
