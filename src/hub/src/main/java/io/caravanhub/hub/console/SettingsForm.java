package io.caravanhub.hub.console;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.hub.connector.SettingValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The JSON Schema of a connector's settings as a form, and a form as settings. A field is called
 * {@code s.<setting>}, {@code away.<setting>} takes an optional secret away. Stateless.
 */
final class SettingsForm {
  /** What every connection can be told, beside what its connector asks for. */
  static final List<String> COMMON = List.of("base_url", "certificate", "certificate_authority");

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
      JsonNode definition,
      Map<String, String> values,
      Set<String> secretsSet,
      Map<String, String> problems) {
    List<SettingField> first = new ArrayList<>();
    List<SettingField> rest = new ArrayList<>();
    for (String name : names(definition)) {
      JsonNode schema = schema(definition, name);
      boolean required = required(definition, name);
      boolean secret = secret(definition, name);
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
  static Map<String, String> defaults(JsonNode definition) {
    Map<String, String> defaults = new LinkedHashMap<>();
    for (String name : names(definition)) {
      JsonNode schema = schema(definition, name);
      if (schema.has("default") && !secret(definition, name)) {
        defaults.put(name, schema.path("default").asText());
      }
    }
    return defaults;
  }

  /** What was entered, every field looked at. An empty field takes its setting away. */
  static Entered read(JsonNode definition, Map<String, String> form, Set<String> secretsSet) {
    Map<String, @Nullable Object> settings = new LinkedHashMap<>();
    Map<String, String> problems = new LinkedHashMap<>();
    for (String name : names(definition)) {
      JsonNode schema = schema(definition, name);
      boolean secret = secret(definition, name);
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
      } else if (required(definition, name) && !(secret && secretsSet.contains(name))) {
        problems.put(name, "is needed");
      } else if (!secret || form.containsKey("away." + name)) {
        settings.put(name, null);
      }
    }
    for (String name : COMMON) {
      String text = form.getOrDefault(name, "").strip();
      if (form.containsKey(name)) {
        settings.put(name, text.isEmpty() ? null : text);
      }
    }
    return new Entered(settings, problems);
  }

  /** What the fields held, to be shown again; secrets are to be entered again. */
  static Map<String, String> shown(JsonNode definition, Map<String, String> form) {
    Map<String, String> shown = new LinkedHashMap<>();
    for (String name : names(definition)) {
      if (!secret(definition, name)) {
        shown.put(name, form.getOrDefault("s." + name, ""));
      }
    }
    return shown;
  }

  private static List<String> names(JsonNode definition) {
    return definition.path("properties").properties().stream().map(Map.Entry::getKey).toList();
  }

  private static boolean required(JsonNode definition, String name) {
    return definition.path("required").valueStream().anyMatch(r -> r.asText().equals(name));
  }

  private static boolean secret(JsonNode definition, String name) {
    return schema(definition, name).path("format").asText().equals("password");
  }

  private static JsonNode schema(JsonNode definition, String name) {
    return definition.path("properties").path(name);
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
