package io.caravanhub.hub.console;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.hub.connector.Connector;
import io.caravanhub.hub.connector.SettingValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A connector's JSON Schema as a form, and a form as settings. A field is called {@code
 * s.<setting>}, {@code away.<setting>} takes an optional secret away. Stateless.
 */
final class SettingsForm {
  private SettingsForm() {}

  /** What is in a form. */
  record Entered(Map<String, @Nullable Object> settings, Map<String, String> problems) {}

  /**
   * The fields, required ones first, else as the schema has them.
   *
   * @param values by setting; secrets among them are not shown
   * @param secretsSet names of the secrets that are set
   */
  static List<SettingField> fields(
      Connector connector,
      Map<String, String> values,
      Set<String> secretsSet,
      Map<String, String> problems) {
    List<SettingField> first = new ArrayList<>();
    List<SettingField> rest = new ArrayList<>();
    for (String name : connector.settings()) {
      JsonNode schema = schema(connector, name);
      boolean required = connector.required().contains(name);
      boolean secret = connector.isSecret(name);
      (required ? first : rest)
          .add(
              new SettingField(
                  name,
                  schema.path("title").asText(name),
                  schema.path("description").asText(""),
                  kind(schema, secret),
                  required,
                  secretsSet.contains(name),
                  secret ? "" : values.getOrDefault(name, ""),
                  SettingValue.choices(schema),
                  bound(schema, "minimum"),
                  bound(schema, "maximum"),
                  schema.path("type").asText().equals("integer"),
                  schema.path("example").asText(""),
                  problems.get(name)));
    }
    first.addAll(rest);
    return first;
  }

  /** The defaults of the schema, for a form that nobody has touched. */
  static Map<String, String> defaults(Connector connector) {
    Map<String, String> defaults = new LinkedHashMap<>();
    for (String name : connector.settings()) {
      JsonNode schema = schema(connector, name);
      if (schema.has("default") && !connector.isSecret(name)) {
        defaults.put(name, schema.path("default").asText());
      }
    }
    return defaults;
  }

  /** What was entered, every field looked at. An empty field takes its setting away. */
  static Entered read(Connector connector, Map<String, String> form, Set<String> secretsSet) {
    Map<String, @Nullable Object> settings = new LinkedHashMap<>();
    Map<String, String> problems = new LinkedHashMap<>();
    for (String name : connector.settings()) {
      JsonNode schema = schema(connector, name);
      boolean secret = connector.isSecret(name);
      boolean flag = kind(schema, secret).equals("flag");
      String text = form.getOrDefault("s." + name, flag ? "false" : "").strip();
      if (!text.isEmpty()) {
        JsonNode value = SettingValue.of(schema, text);
        String problem = SettingValue.problem(name, schema, value);
        if (problem == null) {
          settings.put(name, value);
        } else {
          problems.put(name, problem);
        }
      } else if (connector.required().contains(name) && !(secret && secretsSet.contains(name))) {
        problems.put(name, "is needed");
      } else if (!secret || form.containsKey("away." + name)) {
        settings.put(name, null);
      }
    }
    String other = form.getOrDefault("base_url", "").strip();
    if (other.isEmpty()) {
      settings.put("base_url", null);
    } else {
      settings.put("base_url", other);
    }
    return new Entered(settings, problems);
  }

  /** What the fields held, to be shown again; secrets are to be entered again. */
  static Map<String, String> shown(Connector connector, Map<String, String> form) {
    Map<String, String> shown = new LinkedHashMap<>();
    for (String name : connector.settings()) {
      if (!connector.isSecret(name)) {
        shown.put(name, form.getOrDefault("s." + name, ""));
      }
    }
    return shown;
  }

  private static JsonNode schema(Connector connector, String name) {
    return connector.definition().path("properties").path(name);
  }

  private static String kind(JsonNode schema, boolean secret) {
    if (secret) {
      return "secret";
    }
    if (schema.has("enum")) {
      return "choice";
    }
    return switch (schema.path("type").asText("string")) {
      case "boolean" -> "flag";
      case "integer", "number" -> "number";
      default -> "text";
    };
  }

  private static @Nullable String bound(JsonNode schema, String name) {
    return schema.path(name).isNumber() ? schema.path(name).asText() : null;
  }
}
