package io.caravanhub.core.fieldbus;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** The protocols of the fieldbus and the options of their connections. */
public final class FieldbusOptions {
  /** Whether a connection's points that are writable may be written: {@code true}. */
  static final String WRITES = "writes";

  private FieldbusOptions() {}

  /** Names of the protocols, as in {@code fieldbus:NAME}. */
  public static Set<String> protocols() {
    return FieldbusProtocols.all();
  }

  /**
   * A connection's {@code unit}, 1 when there is none.
   *
   * @throws IllegalArgumentException unless it is a whole number from 0 to 255
   */
  public static int unit(JsonNode connection) {
    return connection.hasNonNull("unit") ? MapFields.whole(connection, "unit", 0, 255) : 1;
  }

  /** Whether a connection's {@code options} let those of its points be written that may be. */
  public static boolean letsWrite(JsonNode options) {
    return Boolean.parseBoolean(options.path(WRITES).asText());
  }

  /**
   * Reads a connection's {@code options}. A value that has fields of its own becomes their JSON.
   *
   * @throws IllegalArgumentException naming the option
   */
  public static Map<String, String> read(String protocol, JsonNode options) {
    FieldbusProtocol known = FieldbusProtocols.get(protocol);
    Map<String, String> read = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> option : options.properties()) {
      String name = option.getKey();
      if (!name.equals(WRITES) && !known.options().contains(name)) {
        throw new IllegalArgumentException(
            "options." + name + ": " + protocol + " has no such option");
      }
      JsonNode value = option.getValue();
      read.put(name, value.isContainerNode() ? value.toString() : value.asText());
    }
    try {
      known.check(read);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("options." + e.getMessage(), e);
    }
    return Map.copyOf(read);
  }
}
