package io.caravanhub.testkit.connector;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What came of one file. Belongs to one thread. */
final class PayloadLine {
  private final String file;
  private final List<Map<String, @Nullable Object>> readings = new ArrayList<>();
  private final Set<String> devices = new TreeSet<>();
  private final List<JsonNode> faults = new ArrayList<>();
  private final Set<String> leftover = new TreeSet<>();
  private @Nullable String error;

  PayloadLine(String file) {
    this.file = file;
  }

  void fail(@Nullable String reason) {
    error = error == null ? String.valueOf(reason) : error;
  }

  void add(
      List<Map<String, @Nullable Object>> read,
      Collection<String> named,
      List<JsonNode> told,
      Collection<String> numbers) {
    readings.addAll(read);
    devices.addAll(named);
    faults.addAll(told);
    leftover.addAll(numbers);
  }

  /** Numbers that lie round the parts, where no mapping ever looks. */
  void outside(JsonNode document, List<JsonNode> parts) {
    Set<JsonNode> taken = Collections.newSetFromMap(new IdentityHashMap<>());
    taken.addAll(parts);
    outside(document, "", taken);
  }

  private void outside(JsonNode node, String path, Set<JsonNode> taken) {
    if (taken.contains(node)) {
      return;
    }
    if (node.isNumber()) {
      leftover.add(path);
    } else if (node.isArray()) {
      node.forEach(element -> outside(element, path + "[]", taken));
    } else {
      node.properties()
          .forEach(
              field ->
                  outside(
                      field.getValue(),
                      path.isEmpty() ? field.getKey() : path + "." + field.getKey(),
                      taken));
    }
  }

  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("file", file);
    json.put("readings", readings);
    json.put("devices", devices);
    json.put("faults", faults);
    json.put("leftover", leftover);
    json.put("error", error);
    return json;
  }
}
