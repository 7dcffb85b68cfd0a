package io.caravanhub.hub.devicemap;

import io.caravanhub.hub.api.ProblemException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Names of device maps: the path that a connection's {@code map} has, {@code
 * norvane/rx500.modbus.yaml}; in a path of the API its slashes are colons.
 */
final class DeviceMapNames {
  private static final String PART = "[A-Za-z0-9][A-Za-z0-9_-]*(?:\\.[A-Za-z0-9_-]+)*";
  private static final String FOLDER = "(?![^/]*\\.(?:modbus|opcua|bacnet)\\.yaml/)" + PART;
  private static final Pattern NAME =
      Pattern.compile("(?:" + FOLDER + "/){0,4}" + PART + "\\.(modbus|opcua|bacnet)\\.yaml");
  private static final int LONGEST = 200;

  private DeviceMapNames() {}

  /** The name that a path of the API gives. */
  static String read(@Nullable String given) {
    String name = given == null ? "" : given.replace(':', '/');
    if (!isName(name)) {
      throw ProblemException.badField(
          "name",
          "expected letters, digits, dots, dashes and underscores in parts divided by :, and"
              + " .modbus.yaml, .opcua.yaml or .bacnet.yaml at its end alone, such as"
              + " acme:meter.modbus.yaml");
    }
    return name;
  }

  static boolean isName(String name) {
    return name.length() <= LONGEST && NAME.matcher(name).matches();
  }

  /** The protocol of a new map of this name. */
  static String protocol(String name) {
    Matcher matcher = NAME.matcher(name);
    String family = matcher.matches() ? matcher.group(1) : "";
    return family.equals("modbus") ? "modbus-tcp" : family;
  }

  /** Whether a map of this protocol may be called so. */
  static boolean agree(String name, String protocol) {
    Matcher matcher = NAME.matcher(name);
    return matcher.matches() && protocol.startsWith(matcher.group(1));
  }
}
