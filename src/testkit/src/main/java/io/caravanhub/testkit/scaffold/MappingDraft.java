package io.caravanhub.testkit.scaffold;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.suggest.Suggester;
import io.caravanhub.core.suggest.Suggestion;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Drafts of the mappings of one request's parts. Stateless. */
final class MappingDraft {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final Map<String, String> ABOUT = new LinkedHashMap<>();

  static {
    ABOUT.put("name", "(display|device|unit|nick|user|custom)?name|label|title|alias|nickname");
    ABOUT.put(
        "model", "model(name|number|id|code)?|producttype|productname|devicetype|series|type");
    ABOUT.put("manufacturer", "manufacturer|brand|vendor|make");
    ABOUT.put("firmware", "(firmware|fw|software|sw)(version|ver)?");
  }

  private static final String FAULTS =
      "(active|current)?(fault|error|alarm|warning|alert|problem)(code)?(s|list)?";

  private MappingDraft() {}

  /** What the parts suggest as telemetry; empty when nothing in them looks like a reading. */
  static Optional<Suggestion> telemetry(List<JsonNode> parts) {
    List<Object> payloads =
        parts.stream().map(p -> (Object) JSON.convertValue(p, Object.class)).toList();
    Suggestion suggestion = Suggester.of(payloads);
    return suggestion.fields() == null && suggestion.jsonata() == null
        ? Optional.empty()
        : Optional.of(suggestion);
  }

  /** Who a device is, by the fields of a part. */
  static String inventory(List<JsonNode> parts, String manufacturer) {
    StringBuilder expression = new StringBuilder();
    ABOUT.forEach(
        (field, names) -> {
          String place = place(parts, names);
          if (place != null) {
            expression.append(", \"").append(field).append("\": ").append(place);
          } else if (field.equals("manufacturer")) {
            expression.append(", \"manufacturer\": \"").append(manufacturer).append('"');
          }
        });
    return "/* Who the device is; without an id the device of cloud.yaml is taken. */\n{"
        + expression.substring(2)
        + "}\n";
  }

  /** Whether more than the maker's name is known of a device. */
  static boolean knowsDevices(List<JsonNode> parts) {
    return Stream.of("name", "model").anyMatch(f -> place(parts, ABOUT.get(f)) != null);
  }

  private static @Nullable String place(List<JsonNode> parts, @Nullable String names) {
    for (JsonNode part : parts) {
      for (Map.Entry<String, JsonNode> leaf : Leaves.of(part).entrySet()) {
        if (leaf.getValue().isTextual()
            && Names.plain(Leaves.last(leaf.getKey())).matches(String.valueOf(names))) {
          return Leaves.expression(leaf.getKey());
        }
      }
    }
    return null;
  }

  /** An expression for the faults that parts name, or null when there is no such field. */
  static @Nullable String faults(List<JsonNode> parts) {
    for (JsonNode part : parts) {
      String pointer = faultField(part, "");
      if (pointer != null) {
        return """
            /* A draft: severities, and the texts of codes, are in the OEM's documents. */
            (
              $code := function($f) { $type($f) = "object" ? $f.(code ? code : id ? id : name) : $f };
              $found := $filter([%s], function($f) { $exists($code($f)) and $code($f) and $string($code($f)) != "0" });
              {"faults": [$map($found, function($f) {{
                "code": $string($code($f)),
                "severity": "medium",
                "text": $type($f) = "object" and $f.(message ? message : text ? text : description)
                  ? $f.(message ? message : text ? text : description) : "Fault " & $string($code($f))
              }})]}
            )
            """
            .formatted(Leaves.expression(pointer));
      }
    }
    return null;
  }

  /** Whether a part names a fault now. */
  static boolean namesFaults(JsonNode part) {
    String pointer = faultField(part, "");
    JsonNode field = pointer == null ? JSON.missingNode() : part.at(pointer);
    return field.isContainerNode() ? !field.isEmpty() : !field.asText("0").matches("0?|null");
  }

  private static @Nullable String faultField(JsonNode node, String at) {
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      String pointer = at + "/" + Leaves.escaped(field.getKey());
      if (Names.plain(field.getKey()).matches(FAULTS) && !field.getValue().isBoolean()) {
        return pointer;
      }
      if (field.getValue().isObject() && faultField(field.getValue(), pointer) != null) {
        return faultField(field.getValue(), pointer);
      }
    }
    return null;
  }
}
