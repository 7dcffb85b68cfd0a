package io.caravanhub.testkit.scaffold;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where the devices are in an answer, as far as looking at it tells.
 *
 * @param items JSON Pointer, {@code *} for every element on the way; empty for the answer itself
 * @param device the device in an element, {@code {/serial}} or {@code {key}}; empty when none is
 *     told
 * @param parts the elements
 */
record DeviceList(String items, String device, List<JsonNode> parts) {
  private static final int DEEPEST = 4;

  /** A list with what speaks for it. */
  private record Candidate(DeviceList list, String name, int score) {}

  /** The list of devices in an answer, when there is one. */
  static Optional<DeviceList> in(JsonNode answer) {
    List<Candidate> found = new ArrayList<>();
    look(List.of(answer), "", "", 0, found);
    // A device's own lists, of its channels for instance, are no devices.
    boolean one = answer.isObject() && id(List.of(answer)).filter(p -> rank(p) >= 40).isPresent();
    return found.stream()
        .filter(c -> c.score > 0)
        .filter(c -> !one || Names.listRank(c.name) > 0 || Names.wraps(c.name))
        .max(Comparator.comparingInt(Candidate::score))
        .map(Candidate::list);
  }

  /** One device's part by itself. */
  static DeviceList single(JsonNode part) {
    return new DeviceList("", id(List.of(part)).map(p -> "{" + p + "}").orElse(""), List.of(part));
  }

  private static void look(
      List<JsonNode> nodes, String at, String name, int depth, List<Candidate> found) {
    if (depth > DEEPEST || nodes.isEmpty()) {
      return;
    }
    List<JsonNode> elements = new ArrayList<>();
    nodes.stream().filter(JsonNode::isArray).forEach(a -> a.forEach(elements::add));
    if (!elements.isEmpty()) {
      if (elements.stream().allMatch(JsonNode::isObject)) {
        candidate(elements, at, name, depth).ifPresent(found::add);
        fields(elements, at + "/*", depth, found);
      }
      return;
    }
    List<JsonNode> values = new ArrayList<>();
    nodes.forEach(o -> o.forEach(values::add));
    if (isKeyed(nodes, values)) {
      int score = 30 + 12 * Names.listRank(name) - 4 * depth;
      found.add(new Candidate(new DeviceList(at + "/*", "{key}", values), name, score));
    } else {
      fields(nodes, at, depth, found);
    }
  }

  private static void fields(List<JsonNode> objects, String at, int depth, List<Candidate> found) {
    Set<String> names = new java.util.LinkedHashSet<>();
    objects.forEach(o -> o.fieldNames().forEachRemaining(names::add));
    for (String name : names) {
      List<JsonNode> below =
          objects.stream().map(o -> o.path(name)).filter(JsonNode::isContainerNode).toList();
      look(below, at + "/" + Leaves.escaped(name), name, depth + 1, found);
    }
  }

  private static Optional<Candidate> candidate(
      List<JsonNode> elements, String at, String name, int depth) {
    return id(elements)
        .map(
            id -> {
              long distinct = elements.stream().map(e -> e.at(id).asText()).distinct().count();
              int score =
                  Names.idRank(Leaves.last(id)) / 2
                      + (distinct == elements.size() ? 10 : 0)
                      + 12 * Names.listRank(name)
                      - 4 * depth;
              return new Candidate(new DeviceList(at, "{" + id + "}", elements), name, score);
            });
  }

  /** Objects of one shape under names that look like ids. */
  private static boolean isKeyed(List<JsonNode> objects, List<JsonNode> values) {
    if (values.isEmpty() || !values.stream().allMatch(JsonNode::isObject)) {
      return false;
    }
    List<String> keys = new ArrayList<>();
    objects.forEach(o -> o.fieldNames().forEachRemaining(keys::add));
    Set<String> shared = new HashSet<>();
    values.get(0).fieldNames().forEachRemaining(shared::add);
    values.forEach(v -> shared.removeIf(field -> !v.has(field)));
    return shared.size() >= 2
        && keys.stream().allMatch(k -> k.matches(".*\\d.*") && k.length() > 1);
  }

  /** Pointer to what tells one element from another. */
  static Optional<String> id(List<JsonNode> elements) {
    return Leaves.of(elements.get(0)).entrySet().stream()
        .filter(leaf -> leaf.getValue().isTextual() || leaf.getValue().isIntegralNumber())
        .map(Map.Entry::getKey)
        .filter(p -> rank(p) > 0)
        .filter(p -> elements.stream().allMatch(e -> !e.at(p).asText().isBlank()))
        .max(Comparator.comparingInt(DeviceList::rank));
  }

  private static int rank(String pointer) {
    List<String> names = Leaves.names(pointer);
    int rank = Names.idRank(Leaves.last(pointer));
    if (rank == 0) {
      return 0;
    }
    for (String above : names.subList(0, names.size() - 1)) {
      rank -= Names.isDevice(above) ? 2 : 30;
    }
    return rank;
  }
}
