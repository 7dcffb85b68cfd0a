package io.caravanhub.hub.sparkplug;

import io.caravanhub.core.telemetry.UnusableMessageException;
import java.util.Set;

/**
 * A topic {@code spBv1.0/{group}/{type}/{edge}[/{device}]} (Sparkplug 3.0, 4.1).
 *
 * @param device the device's id, or empty for the edge node itself
 */
record SparkplugTopic(String group, String type, String edge, String device) {
  private static final Set<String> OF_NODES = Set.of("NBIRTH", "NDATA", "NDEATH");
  private static final Set<String> OF_DEVICES = Set.of("DBIRTH", "DDATA", "DDEATH");

  static SparkplugTopic of(String topic) {
    String[] levels = topic.split("/", -1);
    if (levels.length == 4 && OF_NODES.contains(levels[2])) {
      return new SparkplugTopic(levels[1], levels[2], levels[3], "");
    }
    if (levels.length == 5 && OF_DEVICES.contains(levels[2])) {
      return new SparkplugTopic(levels[1], levels[2], levels[3], levels[4]);
    }
    throw new UnusableMessageException(
        "topic",
        "expected spBv1.0/{group}/NBIRTH|NDATA|NDEATH/{edge} or DBIRTH|DDATA|DDEATH/{edge}/{device}, got \""
            + topic
            + "\"");
  }

  boolean isBirth() {
    return type.endsWith("BIRTH");
  }

  boolean isDeath() {
    return type.endsWith("DEATH");
  }

  /** Who the message is about: the device, or the node as a device of its own name. */
  String subject() {
    return device.isEmpty() ? edge : device;
  }

  /** Where the node listens for commands (Sparkplug 3.0, 4.1.2.3). */
  String command() {
    return "spBv1.0/" + group + "/NCMD/" + edge;
  }
}
