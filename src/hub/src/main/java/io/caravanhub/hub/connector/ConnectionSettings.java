package io.caravanhub.hub.connector;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Settings and sealed credentials for connections other than those with OEM clouds: checked by the
 * same rules, sealed with the same key. Thread-safe.
 */
@Component
public class ConnectionSettings {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<TreeMap<String, String>> TEXTS = new TypeReference<>() {};

  private final Supplier<SecretBox> box;

  @Autowired
  ConnectionSettings(ConnectionSecrets secrets) {
    this.box = secrets::box;
  }

  /** With a box of its own. */
  public ConnectionSettings(SecretBox box) {
    this.box = () -> box;
  }

  /**
   * Takes what is given over into the settings and, what the schema calls a secret, into the
   * credentials. A null takes one away.
   *
   * @param name of the product, for errors
   * @param schema JSON Schema of the settings
   */
  public void merge(
      String name,
      JsonNode schema,
      @Nullable String given,
      Map<String, String> settings,
      Map<String, String> credentials) {
    ConnectionRequest.merge(connector(name, schema), given, settings, credentials);
  }

  /** Whether a request enters the secret, and does not just send back what was shown of it. */
  public boolean isEntered(@Nullable String given, String secret) {
    String entered = given == null ? null : texts(given).get(secret);
    return entered != null && !entered.equals(ConnectionView.MASK);
  }

  /** The defaults of the schema. */
  public Map<String, String> defaults(String name, JsonNode schema) {
    return ConnectionRequest.defaults(connector(name, schema));
  }

  /** Settings and, masked, the credentials that are there. */
  public Map<String, Object> shown(
      JsonNode schema, Map<String, String> settings, Map<String, String> credentials) {
    Map<String, Object> shown = new LinkedHashMap<>(settings);
    for (String name : credentials.keySet()) {
      if (schema.path("properties").has(name)) {
        shown.put(name, ConnectionView.MASK);
      }
    }
    return shown;
  }

  /** Seals credentials that belong to {@code owner}; null when there are none. */
  public byte @Nullable [] seal(String owner, Map<String, String> credentials) {
    return credentials.isEmpty() ? null : box.get().seal(owner, write(credentials));
  }

  /**
   * Opens them again.
   *
   * @throws SecretException when they do not open
   */
  public Map<String, String> open(String owner, byte @Nullable [] sealed) {
    return sealed == null ? new TreeMap<>() : texts(box.get().open(owner, sealed));
  }

  /** What envelopes say of the key that seals now. */
  public byte[] keyName() {
    return box.get().keyName();
  }

  /** A JSON object of texts. */
  public Map<String, String> texts(String object) {
    try {
      return JSON.readValue(object, TEXTS);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The same as JSON. */
  public String write(Map<String, String> texts) {
    try {
      return JSON.writeValueAsString(texts);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Connector connector(String name, JsonNode schema) {
    return new Connector(name, name, "", "", schema, "fsm", null, null, null);
  }
}
