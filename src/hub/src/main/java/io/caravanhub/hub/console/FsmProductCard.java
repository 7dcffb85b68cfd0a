package io.caravanhub.hub.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A field-service product that the hub has an adapter for.
 *
 * @param problem why the adapter is refused, or null
 * @param settings JSON Schema of what it asks for
 * @param kinds of actions that it takes
 * @param follows how the hub learns of progress, in words
 */
public record FsmProductCard(
    String name,
    String title,
    String description,
    String provider,
    @Nullable String problem,
    JsonNode settings,
    List<String> kinds,
    String follows) {

  static FsmProductCard of(Map<String, Object> view) {
    String name = String.valueOf(view.get("name"));
    boolean callbacks = Boolean.TRUE.equals(view.get("callbacks"));
    boolean polled = Boolean.TRUE.equals(view.get("polled"));
    return new FsmProductCard(
        name,
        text(view, "title", name),
        text(view, "description", ""),
        text(view, "provider", ""),
        (String) view.get("reason"),
        view.get("settings") instanceof JsonNode schema ? schema : MissingNode.getInstance(),
        view.get("kinds") instanceof Map<?, ?> kinds
            ? kinds.keySet().stream().map(String::valueOf).toList()
            : List.of(),
        polled
            ? callbacks ? "tells of changes, and calls back" : "tells of changes"
            : callbacks ? "asked order by order, and calls back" : "asked order by order");
  }

  private static String text(Map<String, Object> view, String name, String otherwise) {
    return view.get(name) instanceof String text ? text : otherwise;
  }
}
