package io.caravanhub.hub.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Merge patches as RFC 7396 has them. Stateless. */
final class MergePatch {
  private MergePatch() {}

  /** The patch that makes the one of the other; what is gone is null in it. */
  static JsonNode between(JsonNode before, JsonNode after) {
    if (!before.isObject() || !after.isObject()) {
      return after;
    }
    ObjectNode patch = JsonNodeFactory.instance.objectNode();
    before
        .properties()
        .forEach(
            field -> {
              if (!after.has(field.getKey())) {
                patch.putNull(field.getKey());
              }
            });
    after
        .properties()
        .forEach(
            field -> {
              JsonNode was = before.path(field.getKey());
              if (!was.equals(field.getValue())) {
                patch.set(field.getKey(), between(was, field.getValue()));
              }
            });
    return patch;
  }
}
