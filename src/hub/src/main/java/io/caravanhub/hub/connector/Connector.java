package io.caravanhub.hub.connector;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.core.cloud.Cloud;
import io.caravanhub.core.stream.StreamPlan;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A connector of the folder, as far as connections need to know it.
 *
 * @param definition JSON Schema of its settings, as its kamelet has it
 * @param kind {@code stream}, {@code poll} or {@code webhook}, also of one that cannot be used
 * @param cloud how it polls, or null when it does not
 * @param stream what it holds open, or null when it does not
 * @param problem why it cannot be used, or null
 */
public record Connector(
    String name,
    String title,
    String description,
    String provider,
    JsonNode definition,
    String kind,
    @Nullable Cloud cloud,
    @Nullable StreamPlan stream,
    @Nullable String problem) {

  /** Whether the schema says that the setting is a secret. */
  public boolean isSecret(String setting) {
    return definition.path("properties").path(setting).path("format").asText().equals("password");
  }

  /** Names of all settings, secret or not. */
  public List<String> settings() {
    return definition.path("properties").properties().stream().map(Map.Entry::getKey).toList();
  }

  /** Names of the settings that say where secrets are sent. */
  Set<String> addresses() {
    Set<String> names = new TreeSet<>(List.of("base_url", "url"));
    for (Map.Entry<String, JsonNode> field : definition.path("properties").properties()) {
      if (field.getValue().path("default").asText("").startsWith("http")) {
        names.add(field.getKey());
      }
    }
    if (cloud != null) {
      names.addAll(cloud.addressSettings());
    }
    return names;
  }

  /** Names of the settings without which no connection works. */
  public List<String> required() {
    return definition.path("required").valueStream().map(JsonNode::asText).toList();
  }
}
