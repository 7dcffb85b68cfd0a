package io.caravanhub.hub.devicetype;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.hub.api.Fields;
import io.caravanhub.hub.api.ProblemException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Device types out of objects and back, with errors that name the field. */
final class DeviceTypeFields {
  static final List<String> NAMES =
      List.of(
          "name",
          "description",
          "processing_mode",
          "message_schema",
          "mapping",
          "demultiplexing",
          "chunking",
          "limits",
          "defaults");

  /** Fields of a device that a type may give. */
  static final List<String> DEFAULTS =
      List.of("manufacturer", "model", "installation_location", "connection_type", "building_id");

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}";
  private static final int TEXT_MAX = 256 * 1024;
  private static final int LIMITS_MAX = 500;

  private DeviceTypeFields() {}

  /**
   * Reads a type.
   *
   * @throws ProblemException 400 naming the field
   */
  static DeviceType read(Map<String, ? extends @Nullable Object> given) {
    Fields fields = Fields.of(given);
    fields.only(NAMES);
    String name = fields.text("name");
    if (!name.matches(NAME)) {
      throw ProblemException.badField(
          "name", "expected 1 to 64 letters, digits or . _ -, not a sign first");
    }
    ProcessingMode mode = mode(fields.text("processing_mode", "endpoint"));
    Map<String, ?> mapping = mapping(given.get("mapping"));
    Map<String, ?> demultiplexing = object("demultiplexing", given.get("demultiplexing"));
    Map<String, ?> chunking = object("chunking", given.get("chunking"));
    if (mode.isParted() && demultiplexing == null) {
      throw ProblemException.badField(
          "demultiplexing", "absent: a " + mode.label() + " needs to say how messages are split");
    }
    if (!mode.isParted() && demultiplexing != null) {
      throw ProblemException.badField(
          "demultiplexing", "an endpoint's messages are not split; processing_mode is endpoint");
    }
    if ((mode == ProcessingMode.GATEWAY_CHUNKED) != (chunking != null)) {
      throw ProblemException.badField(
          "chunking",
          chunking == null
              ? "absent: a gateway_chunked needs to say how messages are put together"
              : "only for processing_mode gateway_chunked");
    }
    return new DeviceType(
        name,
        fields.text("description", ""),
        mode,
        schema(given.get("message_schema")),
        mapping == null ? null : text(mapping, "mapping", "name"),
        mapping == null ? null : text(mapping, "mapping", "jsonata"),
        mapping == null ? null : table(mapping.get("fields")),
        demultiplexing == null
            ? null
            : within("demultiplexing", () -> PartFields.demultiplexing(mode, demultiplexing)),
        chunking == null ? null : within("chunking", () -> PartFields.chunking(chunking)),
        limits(object("limits", given.get("limits"))),
        defaults(object("defaults", given.get("defaults"))));
  }

  /** What {@link #read} reads. */
  static Map<String, @Nullable Object> view(DeviceType type) {
    Map<String, @Nullable Object> view = new LinkedHashMap<>();
    view.put("name", type.name());
    view.put("description", type.description());
    view.put("processing_mode", type.mode().label());
    view.put("message_schema", type.schema());
    view.put("mapping", mappingView(type));
    view.put("demultiplexing", PartFields.view(type.demultiplexing()));
    view.put("chunking", PartFields.view(type.chunking()));
    view.put("limits", type.limits());
    view.put("defaults", type.defaults());
    return view;
  }

  private static @Nullable Object mappingView(DeviceType type) {
    Map<String, Object> mapping = new LinkedHashMap<>();
    if (type.mapping() != null) {
      mapping.put("name", type.mapping());
    }
    if (type.jsonata() != null) {
      mapping.put("jsonata", type.jsonata());
    }
    if (type.fields() != null) {
      mapping.put("fields", type.fields());
    }
    return mapping.isEmpty() ? null : mapping;
  }

  /** Runs a reader whose errors name fields within this one. */
  static <T> T within(String field, java.util.function.Supplier<T> reader) {
    try {
      return reader.get();
    } catch (ProblemException e) {
      throw ProblemException.badField(field + "." + e.field(), String.valueOf(e.getMessage()));
    }
  }

  private static ProcessingMode mode(String label) {
    return ProcessingMode.of(label)
        .orElseThrow(
            () ->
                ProblemException.badField(
                    "processing_mode",
                    "expected endpoint, gateway, gateway_chunked or rtu_multiport, got \""
                        + label
                        + "\""));
  }

  private static @Nullable JsonNode schema(@Nullable Object value) {
    if (value == null) {
      return null;
    }
    if (!(value instanceof Map)) {
      throw ProblemException.badField("message_schema", "expected an object, a JSON Schema");
    }
    return JSON.valueToTree(value);
  }

  /** The name of a mapping, or an object that names one or brings one along. */
  private static @Nullable Map<String, ?> mapping(@Nullable Object value) {
    Map<String, ?> mapping =
        value instanceof String name ? Map.of("name", name) : object("mapping", value);
    if (mapping == null) {
      return null;
    }
    within(
        "mapping",
        () -> {
          Fields.of(mapping).only(List.of("name", "jsonata", "fields"));
          return true;
        });
    if (mapping.get("name") != null
        && (mapping.get("jsonata") != null || mapping.get("fields") != null)) {
      throw ProblemException.badField(
          "mapping", "expected the name of a mapping, or jsonata and fields, not both");
    }
    return mapping;
  }

  private static @Nullable String text(Map<String, ?> from, String at, String field) {
    Object value = from.get(field);
    if (value == null || value instanceof String text && text.isBlank()) {
      return null;
    }
    if (value instanceof String text && text.length() <= TEXT_MAX && text.indexOf('\0') < 0) {
      return text;
    }
    throw ProblemException.badField(at + "." + field, "expected a text");
  }

  /** A field table as text, or as the object that the text would be. */
  private static @Nullable String table(@Nullable Object value) {
    if (value instanceof Map) {
      return JSON.valueToTree(value).toPrettyString();
    }
    return text(java.util.Collections.singletonMap("fields", value), "mapping", "fields");
  }

  static @Nullable Map<String, ?> object(String field, @Nullable Object value) {
    if (value == null) {
      return null;
    }
    if (!(value instanceof Map<?, ?> map)) {
      throw ProblemException.badField(field, "expected an object, got " + JsonPayload.shape(value));
    }
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    map.forEach((name, child) -> object.put(String.valueOf(name), child));
    return object;
  }

  private static Map<String, Map<String, Object>> limits(@Nullable Map<String, ?> given) {
    Map<String, Map<String, Object>> limits = new LinkedHashMap<>();
    if (given != null) {
      if (given.size() > LIMITS_MAX) {
        throw ProblemException.badField("limits", "expected at most " + LIMITS_MAX + " metrics");
      }
      given.forEach(
          (metric, value) -> {
            Map<String, Object> known = new LinkedHashMap<>();
            Map<String, ?> one = object("limits." + metric, value);
            if (one != null) {
              one.forEach(
                  (name, limit) -> {
                    if (limit != null) {
                      known.put(name, limit);
                    }
                  });
            }
            limits.put(metric, known);
          });
    }
    return limits;
  }

  private static Map<String, String> defaults(@Nullable Map<String, ?> given) {
    Map<String, String> defaults = new LinkedHashMap<>();
    if (given != null) {
      within(
          "defaults",
          () -> {
            Fields fields = Fields.of(given);
            fields.only(DEFAULTS);
            for (String name : DEFAULTS) {
              String value = fields.optionalText(name);
              if (value != null && !value.isEmpty()) {
                defaults.put(name, value);
              }
            }
            return true;
          });
    }
    return defaults;
  }
}
