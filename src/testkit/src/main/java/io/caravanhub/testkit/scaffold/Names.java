package io.caravanhub.testkit.scaffold;

import java.util.List;
import java.util.Locale;

/** What the names of fields in OEMs' answers mostly stand for. Stateless. */
final class Names {
  private static final List<List<String>> IDS =
      List.of(
          List.of("serial", "serialnumber", "serialno", "sn", "deviceserial", "unitserial"),
          List.of("deviceid", "unitid", "sensorid", "thingid", "applianceid", "thermostatid"),
          List.of("deveui", "eui", "mac", "macaddress", "uuid", "guid", "uid", "imei", "gatewayid"),
          List.of("id", "identifier", "systemid", "stationid", "inverterid"));

  /** Ends in id, and is not the device's. */
  private static final String NOT_THE_DEVICES =
      "(customer|site|user|account|owner|type|model|location|home|room|group|parent|org|organization"
          + "|tenant|building|installation|building|zone|project|company|family|product|plan)id";

  private static final String DEVICES =
      "(device|unit|sensor|thing|thermostat|appliance|system|inverter|pod|station|node|gateway"
          + "|equipment|asset|machine|meter|product|pump)s?(list)?";

  private static final String INSIDE_A_DEVICE =
      "(histor|reading|sample|values|point|measure|event|alarm|alert|fault|error|warning|user|member"
          + "|channel|field|datapoint|propert|attribut|param|link|schedul|program|capabilit"
          + "|setting|option|tag|series|interval|mode|role|feature|metric|register|slot).*";

  private static final List<String> WRAPPERS =
      List.of(
          "data", "items", "results", "result", "list", "response", "content", "payload", "value");

  private Names() {}

  /** The letters and digits of a name, small. */
  static String plain(String name) {
    return name.replaceAll("[^A-Za-z0-9]", "").toLowerCase(Locale.ROOT);
  }

  /** How likely a field of this name says which device it is: 0 not at all, 100 surely. */
  static int idRank(String name) {
    String plain = plain(name);
    for (int i = 0; i < IDS.size(); i++) {
      if (IDS.get(i).contains(plain)) {
        return 100 - 10 * i;
      }
    }
    if (plain.matches(NOT_THE_DEVICES)) {
      return 0;
    }
    return plain.endsWith("id") || plain.endsWith("serial") ? 40 : plain.equals("name") ? 5 : 0;
  }

  /** Whether a field of this name holds an id, the device's or another's. */
  static boolean isId(String name) {
    return idRank(name) >= 40 || plain(name).matches(NOT_THE_DEVICES);
  }

  /** Whether a list or object of this name holds devices: 2 surely, 0 perhaps, -2 hardly. */
  static int listRank(String name) {
    String plain = plain(name);
    return plain.matches(DEVICES) ? 2 : plain.matches(INSIDE_A_DEVICE) ? -2 : 0;
  }

  static boolean isDevice(String name) {
    return plain(name).matches(DEVICES);
  }

  /** Whether the name says nothing of what is in it. */
  static boolean wraps(String name) {
    return name.isEmpty() || WRAPPERS.contains(plain(name));
  }

  /** Of {@code text}: small letters, digits and hyphens, a letter first. */
  static String slug(String text, String absent) {
    String slug =
        text.replaceAll("([a-z0-9])([A-Z])", "$1-$2")
            .toLowerCase(Locale.ROOT)
            .replaceAll("[^a-z0-9]+", "-")
            .replaceAll("^[^a-z]+|-+$", "");
    return slug.isEmpty() ? absent : slug;
  }
}
