package io.caravanhub.testkit.scaffold;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The single values of an object, by JSON Pointer, in the order of the document. */
final class Leaves {
  private static final int DEEPEST = 4;

  private Leaves() {}

  static Map<String, JsonNode> of(JsonNode object) {
    Map<String, JsonNode> leaves = new LinkedHashMap<>();
    collect(object, "", 0, leaves);
    return leaves;
  }

  private static void collect(JsonNode node, String at, int depth, Map<String, JsonNode> leaves) {
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      String pointer = at + "/" + escaped(field.getKey());
      if (field.getValue().isValueNode()) {
        leaves.put(pointer, field.getValue());
      } else if (field.getValue().isObject() && depth < DEEPEST) {
        collect(field.getValue(), pointer, depth + 1, leaves);
      }
    }
  }

  /** RFC 6901, 3. */
  static String escaped(String name) {
    return name.replace("~", "~0").replace("/", "~1");
  }

  static List<String> names(String pointer) {
    return pointer.isEmpty()
        ? List.of()
        : List.of(pointer.substring(1).split("/", -1)).stream()
            .map(n -> n.replace("~1", "/").replace("~0", "~"))
            .toList();
  }

  static String last(String pointer) {
    List<String> names = names(pointer);
    return names.isEmpty() ? "" : names.get(names.size() - 1);
  }

  /** The same place in JSONata. */
  static String expression(String pointer) {
    return String.join(
        ".",
        names(pointer).stream()
            .map(
                n ->
                    n.matches("[A-Za-z_][A-Za-z0-9_]*") && !n.matches("and|or|in")
                        ? n
                        : "`" + n + "`")
            .toList());
  }
}
