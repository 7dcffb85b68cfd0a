package io.caravanhub.hub.connector;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.hub.api.Fields;
import io.caravanhub.hub.api.ProblemException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The settings of a request, checked against the schema of the connector. Stateless. */
final class ConnectionRequest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What a request may hold; {@code state} is set by calls of its own. */
  static final List<String> FIELDS =
      List.of("oem", "name", "settings", "every_seconds", "devices", "enabled");

  /** Settings that every connector has. */
  private static final List<String> COMMON =
      List.of("base_url", "certificate", "certificate_authority", "allowed_addresses");

  private ConnectionRequest() {}

  /**
   * The settings with what was there before: a null takes one away, one that is not named stays.
   *
   * @param settings filled with what is no secret
   * @param credentials filled with the secrets
   */
  static void merge(
      Connector connector,
      @Nullable String given,
      Map<String, String> settings,
      Map<String, String> credentials) {
    requireSecretsWithAddress(connector, object(given), settings, credentials);
    for (Map.Entry<String, JsonNode> field : object(given).properties()) {
      String name = field.getKey();
      if (!connector.settings().contains(name) && !COMMON.contains(name)) {
        throw ProblemException.badField(
            "settings/" + name,
            "unknown; expected one of " + String.join(", ", connector.settings()));
      }
      Map<String, String> target = connector.isSecret(name) ? credentials : settings;
      if (connector.isSecret(name) && field.getValue().asText().equals(ConnectionView.MASK)) {
        // What is shown of a secret was sent back: it stays as it is.
        continue;
      }
      if (field.getValue().isNull()) {
        target.remove(name);
      } else {
        target.put(name, value(connector, name, field.getValue()));
      }
    }
    // A secret that is entered anew ends what was had with the old one.
    if (object(given).properties().stream().anyMatch(f -> connector.isSecret(f.getKey()))) {
      credentials.remove("access_token_expires");
    }
    for (String required : connector.required()) {
      if (!settings.containsKey(required) && !credentials.containsKey(required)) {
        throw ProblemException.badField("settings/" + required, "absent");
      }
    }
  }

  /** Else whoever may change an address has the secrets sent to a server of his own. */
  private static void requireSecretsWithAddress(
      Connector connector,
      JsonNode given,
      Map<String, String> settings,
      Map<String, String> credentials) {
    for (String address : connector.addresses()) {
      JsonNode other = given.path(address);
      if (other.isMissingNode() || other.asText("").equals(settings.getOrDefault(address, ""))) {
        continue;
      }
      for (String name : List.copyOf(credentials.keySet())) {
        if (!connector.isSecret(name)) {
          // A token, had with the secrets at the address of before.
          credentials.remove(name);
        } else if (given.path(name).asText(ConnectionView.MASK).equals(ConnectionView.MASK)) {
          throw ProblemException.badField(
              "settings/" + name, "enter it again, for it would be sent to another address");
        }
      }
    }
  }

  private static String value(Connector connector, String name, JsonNode value) {
    JsonNode schema = connector.definition().path("properties").path(name);
    String problem = SettingValue.problem(name, schema, value);
    if (problem != null) {
      throw ProblemException.badField("settings/" + name, problem);
    }
    return value.asText().strip();
  }

  /** The defaults of the schema. */
  static Map<String, String> defaults(Connector connector) {
    Map<String, String> defaults = new TreeMap<>();
    for (Map.Entry<String, JsonNode> field :
        connector.definition().path("properties").properties()) {
      if (field.getValue().has("default")) {
        defaults.put(field.getKey(), field.getValue().path("default").asText());
      }
    }
    return defaults;
  }

  static boolean registers(Fields fields, boolean before) {
    String devices = fields.text("devices", before ? "register" : "claim");
    if (!devices.matches("register|claim")) {
      throw ProblemException.badField("devices", "expected register or claim");
    }
    return devices.equals("register");
  }

  private static JsonNode object(@Nullable String given) {
    try {
      return given == null ? JSON.createObjectNode() : JSON.readTree(given);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
