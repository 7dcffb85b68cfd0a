package io.caravanhub.core.cloud;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.caravanhub.core.cloud.CloudRequest.PartsOf;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Takes answers apart by device. Stateless. */
public final class Parts {
  private static final int MOST = 50_000;

  /** An element with the name or number it has where it was found. */
  record Found(String key, JsonNode item) {

    /** The item as other requests are made for it: an object knows its name as {@code $key}. */
    JsonNode keyed() {
      return item instanceof ObjectNode object && !key.isEmpty()
          ? object.deepCopy().put("$key", key)
          : item;
    }
  }

  private Parts() {}

  /**
   * The parts of a document.
   *
   * @param parent the item that the request was made for, or null
   * @param settings answers {@code {name}} in the declaration of the device
   */
  public static List<Part> of(
      PartsOf declared,
      JsonNode document,
      @Nullable JsonNode parent,
      Function<String, @Nullable String> settings) {
    List<Part> parts = new ArrayList<>();
    for (Found found : find(declared, document)) {
      parts.add(
          new Part(
              device(declared.device(), found, parent, settings),
              declared.wrap() ? wrapped(declared, found, document, parent) : found.item()));
    }
    return parts;
  }

  static List<Found> find(PartsOf declared, JsonNode document) {
    List<Found> found = new ArrayList<>();
    for (String pointer : declared.items()) {
      if (pointer.equals(PartsOf.WHOLE)) {
        found.add(new Found("", document));
        continue;
      }
      walk(document, pointer, "", found);
    }
    return found;
  }

  private static void walk(JsonNode node, String pointer, String key, List<Found> found) {
    int star = pointer.indexOf("/*");
    if (star < 0) {
      add(node.at(pointer), key, found);
      return;
    }
    JsonNode many = node.at(pointer.substring(0, star));
    String rest = pointer.substring(star + 2);
    if (many.isObject()) {
      many.properties().forEach(f -> walk(f.getValue(), rest, f.getKey(), found));
    } else {
      int number = 0;
      for (JsonNode element : many) {
        walk(element, rest, Integer.toString(number++), found);
      }
    }
  }

  /**
   * An array is its elements, whatever else is there is itself. What {@code *} finds beside the
   * devices, such as a count of them, is none.
   */
  private static void add(JsonNode node, String key, List<Found> found) {
    if (found.size() > MOST) {
      throw CloudException.wrong("more than " + MOST + " items in one answer");
    }
    if (node.isArray()) {
      int number = 0;
      for (JsonNode element : node) {
        found.add(new Found(Integer.toString(number++), element));
      }
    } else if (!node.isMissingNode() && !node.isNull() && (node.isObject() || key.isEmpty())) {
      found.add(new Found(key, node));
    }
  }

  private static String device(
      String template,
      Found found,
      @Nullable JsonNode parent,
      Function<String, @Nullable String> settings) {
    try {
      return Template.fill(template, name -> value(name, found, parent, settings)).strip();
    } catch (CloudException e) {
      // Whose it is will be said where the whole message is at hand.
      return "";
    }
  }

  private static @Nullable String value(
      String name,
      Found found,
      @Nullable JsonNode parent,
      Function<String, @Nullable String> settings) {
    if (name.startsWith("/")) {
      return text(found.item(), name);
    }
    if (name.startsWith("parent/")) {
      return parent == null ? null : text(parent, name.substring("parent".length()));
    }
    return name.equals("key") ? found.key() : settings.apply(name);
  }

  /** The text or number at a pointer, or null. */
  static @Nullable String text(JsonNode node, String pointer) {
    JsonNode value = node.at(pointer);
    return value.isValueNode() && !value.isNull() && !value.asText().isBlank()
        ? value.asText()
        : null;
  }

  private static JsonNode wrapped(
      PartsOf declared, Found found, JsonNode document, @Nullable JsonNode parent) {
    ObjectNode whole = JsonNodeFactory.instance.objectNode();
    whole.put("key", found.key());
    whole.set("item", found.item());
    if (parent != null) {
      whole.set("parent", parent);
    }
    if (!declared.head().isEmpty()) {
      whole.set("head", document.at(declared.head()));
    }
    return whole;
  }
}
