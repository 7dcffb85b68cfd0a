package io.caravanhub.core.bundle;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.caravanhub.core.fieldbus.ConnectionFields;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** The connections of {@code fieldbus.yaml}: a list, or a list under {@code fieldbus}. */
public final class ConnectionList {
  private static final YAMLMapper YAML = new YAMLMapper();

  private ConnectionList() {}

  /**
   * The list as it is written; empty for an empty text.
   *
   * @throws IllegalArgumentException when the text is neither
   */
  public static JsonNode read(String text) {
    try {
      JsonNode root = YAML.readTree(text);
      if (root == null || root.isMissingNode() || root.isNull()) {
        return YAML.createArrayNode();
      }
      JsonNode list = root.isObject() && root.size() == 1 ? root.path("fieldbus") : root;
      if (!list.isArray()) {
        throw new IllegalArgumentException(
            "expected a list of connections, or the field fieldbus with that list alone");
      }
      return list;
    } catch (JsonProcessingException e) {
      int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
      throw new IllegalArgumentException(
          "not YAML: line " + line + ": " + e.getOriginalMessage(), e);
    }
  }

  /**
   * What can be said of connections without the gateway: each is read as the gateway reads it.
   *
   * @param knows whether there is a device map of this name
   */
  static List<BundleProblem> problems(String text, Predicate<String> knows) {
    List<BundleProblem> problems = new ArrayList<>();
    JsonNode list;
    try {
      list = read(text);
    } catch (IllegalArgumentException e) {
      return List.of(unreadable(e));
    }
    Set<String> devices = new HashSet<>();
    for (int i = 0; i < list.size(); i++) {
      JsonNode connection = list.get(i);
      if (!connection.isObject()) {
        problems.add(at(text, i, "", "expected the fields of a connection"));
        continue;
      }
      Set<String> absent = new HashSet<>();
      for (String field : List.of("device", "protocol", "address", "map")) {
        if (connection.path(field).asText("").isBlank()) {
          absent.add(field);
          problems.add(at(text, i, field, "is required"));
        }
      }
      try {
        ConnectionFields.read(connection, "");
      } catch (IllegalArgumentException e) {
        String[] told = String.valueOf(e.getMessage()).split(": ", 2);
        String field = told.length == 2 ? told[0] : "";
        if (!absent.contains(field)) {
          problems.add(at(text, i, field, told[told.length - 1]));
        }
      }
      String device = connection.path("device").asText("");
      if (!device.isBlank() && !devices.add(device)) {
        problems.add(at(text, i, "device", device + " is listed twice"));
      }
      String map = connection.path("map").asText("");
      if (!map.isBlank() && !knows.test(map)) {
        problems.add(
            at(text, i, "map", "there is no file maps/" + map + ", and the hub ships no such map"));
      }
    }
    return problems;
  }

  private static BundleProblem unreadable(IllegalArgumentException e) {
    return e.getCause() instanceof JsonProcessingException json
        ? new BundleProblem(
            Bundle.FIELDBUS, null, YamlLines.of(json), "not YAML: " + json.getOriginalMessage())
        : new BundleProblem(Bundle.FIELDBUS, null, 0, String.valueOf(e.getMessage()));
  }

  /**
   * Something to say of a field of a connection, with its line.
   *
   * @param text the whole file
   * @param index of the connection, from 0
   * @param field of the connection; empty for all of it
   */
  public static BundleProblem at(String text, int index, String field, String detail) {
    String path = "[" + index + "]" + (field.isEmpty() ? "" : "." + field);
    boolean wrapped = text.stripLeading().startsWith("fieldbus:");
    return new BundleProblem(
        Bundle.FIELDBUS, path, YamlLines.of(text, (wrapped ? "fieldbus" : "") + path), detail);
  }
}
