package io.caravanhub.hub.devicetype;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.caravanhub.core.mapping.MappingCatalog;
import io.caravanhub.core.mapping.MappingSource;
import io.caravanhub.hub.api.CallerContext;
import io.caravanhub.hub.api.ProblemException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * A device type as one YAML file, its mapping with it. Where a mapping is named, the file holds
 * what it says as well; a hub that has it under that name with the same content goes by the name,
 * another keeps the content in the type. Thread-safe.
 */
@Component
public class DeviceTypeFile {
  private static final String FORMAT = "caravan-hub/device-type/1";
  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
          .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
          .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
          .enable(YAMLGenerator.Feature.LITERAL_BLOCK_STYLE)
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .build();

  private final MappingCatalog mappings;

  DeviceTypeFile(MappingCatalog mappings) {
    this.mappings = mappings;
  }

  /** The whole file, with what a named mapping says. */
  public String write(DeviceType type) {
    Map<String, @Nullable Object> file = new LinkedHashMap<>();
    file.put("format", FORMAT);
    file.putAll(DeviceTypeFields.view(type));
    file.values().removeIf(Objects::isNull);
    if (type.mapping() != null) {
      Map<String, Object> mapping = new LinkedHashMap<>();
      mapping.put("name", type.mapping());
      mappings
          .find(CallerContext.current().tenant(), type.mapping())
          .ifPresent(
              source -> {
                if (!source.content().isBlank()) {
                  mapping.put("jsonata", source.content());
                }
                if (source.fields() != null) {
                  mapping.put("fields", source.fields());
                }
              });
      file.put("mapping", mapping);
    }
    return yaml(file);
  }

  /** What the type itself says, as a person would write it: a named mapping by its name alone. */
  static String text(DeviceType type) {
    return text(view(type));
  }

  /** As above, of a type as the API shows and takes it, which need not be one that can be used. */
  public static String text(Map<String, ? extends @Nullable Object> view) {
    Map<String, @Nullable Object> file = new LinkedHashMap<>(view);
    file.values()
        .removeIf(v -> v == null || v.equals("") || v instanceof Map<?, ?> m && m.isEmpty());
    if (file.get("mapping") instanceof Map<?, ?> mapping && mapping.get("name") != null) {
      file.put("mapping", mapping.get("name"));
    }
    return yaml(file);
  }

  /** A type as the API shows and takes it. */
  public static Map<String, @Nullable Object> view(DeviceType type) {
    return DeviceTypeFields.view(type);
  }

  private static String yaml(Map<String, @Nullable Object> file) {
    try {
      return YAML.writeValueAsString(file);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a device type cannot be written as YAML", e);
    }
  }

  /** Reads a file, YAML or JSON. */
  public DeviceType read(byte @Nullable [] body) {
    Map<String, @Nullable Object> file = new LinkedHashMap<>(parse(body));
    Object format = file.remove("format");
    if (format != null && !format.equals(FORMAT)) {
      throw ProblemException.badField("format", "expected " + FORMAT);
    }
    if (file.get("mapping") instanceof Map<?, ?> mapping && mapping.get("name") != null) {
      file.put("mapping", chosen(mapping));
    }
    return DeviceTypeFields.read(file);
  }

  private static Map<String, @Nullable Object> parse(byte @Nullable [] body) {
    try {
      Object read = YAML.readValue(body == null ? new byte[0] : body, Object.class);
      Map<String, ?> file = DeviceTypeFields.object("body", read);
      if (file != null) {
        return new LinkedHashMap<>(file);
      }
    } catch (JsonProcessingException e) {
      throw ProblemException.badField(
          "body",
          "is not YAML: "
              + e.getOriginalMessage().lines().findFirst().orElse("")
              + (e.getLocation() == null ? "" : " (line " + e.getLocation().getLineNr() + ")"));
    } catch (IOException e) {
      throw ProblemException.badField("body", "cannot be read: " + e.getMessage());
    }
    throw ProblemException.badField("body", "expected a device type in YAML, got nothing");
  }

  private Object chosen(Map<?, ?> mapping) {
    String name = String.valueOf(mapping.get("name"));
    String jsonata = text(mapping.get("jsonata"));
    String fields = text(mapping.get("fields"));
    if (jsonata.isBlank() && fields.isBlank()) {
      return name;
    }
    MappingSource here = mappings.find(CallerContext.current().tenant(), name).orElse(null);
    if (here != null
        && here.content().strip().equals(jsonata.strip())
        && text(here.fields()).strip().equals(fields.strip())) {
      return name;
    }
    Map<Object, @Nullable Object> own = new LinkedHashMap<>(mapping);
    own.remove("name");
    return own;
  }

  private static String text(@Nullable Object value) {
    return value == null ? "" : String.valueOf(value);
  }
}
