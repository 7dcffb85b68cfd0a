package io.caravanhub.testkit.connector;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.caravanhub.core.cloud.CloudAccess;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a connection of a connector needs, and its values: from a file, else from the environment,
 * else asked for. A value is never written anywhere. Not thread-safe.
 */
public final class ConnectionSettings implements CloudAccess {
  private final Map<String, String> values = new TreeMap<>();
  private final Set<String> secrets = new HashSet<>();
  private final List<String> required = new ArrayList<>();
  private boolean renewed;

  /** The settings of a connector without values but defaults. */
  public ConnectionSettings(ConnectorFolder connector) throws IOException {
    Path kamelet = connector.path().resolve(connector.name() + "-source.kamelet.yaml");
    JsonNode definition =
        new ObjectMapper(new YAMLFactory()).readTree(kamelet.toFile()).at("/spec/definition");
    definition.path("required").forEach(r -> required.add(r.asText()));
    for (Map.Entry<String, JsonNode> property : definition.path("properties").properties()) {
      if (property.getValue().path("format").asText().equals("password")) {
        secrets.add(property.getKey());
      }
      if (property.getValue().has("default")) {
        values.put(property.getKey(), property.getValue().path("default").asText());
      }
    }
  }

  /** Values of a file: {@code name = value} a line, or a JSON object. */
  public void read(Path file) throws IOException {
    if (file.toString().endsWith(".json")) {
      new ObjectMapper()
          .readTree(file.toFile())
          .properties()
          .forEach(f -> values.put(f.getKey(), f.getValue().asText()));
      return;
    }
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    }
    properties.stringPropertyNames().forEach(n -> values.put(n, properties.getProperty(n).strip()));
  }

  /** The environment variable of a setting: {@code CONNECTOR_API_KEY}. */
  public static String variable(String name) {
    return "CONNECTOR_" + name.toUpperCase(Locale.ROOT).replace('-', '_');
  }

  /** Values of the environment for what no file has told. */
  public void read(UnaryOperator<@Nullable String> environment, List<String> names) {
    for (String name : names) {
      String value = environment.apply(variable(name));
      if (value != null && !value.isBlank()) {
        values.putIfAbsent(name, value.strip());
      }
    }
  }

  /** What is required and has no value. */
  public List<String> missing() {
    return required.stream().filter(r -> !values.containsKey(r)).toList();
  }

  public List<String> required() {
    return List.copyOf(required);
  }

  public boolean isSecret(String name) {
    return secrets.contains(name)
        || name.matches("(access|refresh)_token|.*(secret|password|api_?key).*");
  }

  public void put(String name, String value) {
    values.put(name, value);
  }

  /** All values, secrets among them. */
  public Map<String, String> values() {
    return Map.copyOf(values);
  }

  @Override
  public @Nullable String value(String name) {
    return values.get(name);
  }

  /** Kept for this process alone. */
  @Override
  public void renew(Map<String, String> credentials) {
    String before = values.get("refresh_token");
    values.putAll(credentials);
    renewed |= before != null && !before.equals(values.get("refresh_token"));
  }

  /** Whether the cloud gave a new refresh token, which makes the one in the file useless. */
  public boolean hasNewRefreshToken() {
    return renewed;
  }
}
