package io.caravanhub.hub.console;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A device map in the list.
 *
 * @param path its name in a path: slashes are colons
 * @param protocol as maps name it, or an empty text
 * @param own whether it is the tenant's own
 * @param devices how many devices are read by it
 * @param problem the first thing wrong with it, or null
 */
public record DeviceMapLine(
    String name,
    String path,
    String protocol,
    boolean own,
    int points,
    int devices,
    @Nullable String problem) {

  /** An item of {@code GET /device-maps}. */
  static DeviceMapLine of(Map<String, ?> item) {
    String name = String.valueOf(item.get("name"));
    Object protocol = item.get("protocol");
    Object problem = item.get("problem");
    return new DeviceMapLine(
        name,
        name.replace('/', ':'),
        protocol == null ? "" : protocol.toString().replace('-', '_'),
        "own".equals(item.get("origin")),
        item.get("points") instanceof Integer points ? points : 0,
        item.get("devices") instanceof Integer devices ? devices : 0,
        problem == null ? null : problem.toString());
  }
}
