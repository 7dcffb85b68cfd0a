package io.caravanhub.core.cloud;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Texts with places in braces: {@code {site}} a setting or credential, {@code {/id}} a JSON Pointer
 * into the item at hand, {@code {parent/id}} into the item that the request was made for.
 */
public final class Template {
  private static final Pattern PLACE =
      Pattern.compile("\\{((?:parent)?/[^{}]+|[A-Za-z][A-Za-z0-9_-]*)}");

  private Template() {}

  /**
   * Fills the places in.
   *
   * @throws CloudException when a value is absent
   */
  public static String fill(String text, Function<String, @Nullable String> values) {
    Matcher places = PLACE.matcher(text);
    StringBuilder filled = new StringBuilder();
    while (places.find()) {
      String value = values.apply(places.group(1));
      if (value == null) {
        throw CloudException.wrong("{" + places.group(1) + "}: absent");
      }
      places.appendReplacement(filled, Matcher.quoteReplacement(value));
    }
    return places.appendTail(filled).toString();
  }

  /** As {@link #fill} for every text in a tree. */
  static JsonNode fill(JsonNode tree, Function<String, @Nullable String> values) {
    if (tree.isTextual()) {
      return JsonNodeFactory.instance.textNode(fill(tree.asText(), values));
    }
    if (tree.isObject()) {
      ObjectNode filled = JsonNodeFactory.instance.objectNode();
      tree.properties().forEach(f -> filled.set(f.getKey(), fill(f.getValue(), values)));
      return filled;
    }
    if (tree.isArray()) {
      ArrayNode filled = JsonNodeFactory.instance.arrayNode();
      tree.forEach(element -> filled.add(fill(element, values)));
      return filled;
    }
    return tree;
  }

  /** The names of the places of a text. */
  static java.util.List<String> places(String text) {
    return PLACE.matcher(text).results().map(r -> r.group(1)).toList();
  }
}
