package io.caravanhub.hub.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The fields of a request's JSON object, read with errors that name them. */
public final class Fields {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int TEXT_MAX = 500;

  private final Map<?, ?> values;

  private Fields(Map<?, ?> values) {
    this.values = values;
  }

  /** Parses a request body; an empty one has no fields. */
  public static Fields of(byte @Nullable [] body) {
    if (body == null || body.length == 0) {
      return new Fields(Map.of());
    }
    try {
      if (JSON.readValue(body, Object.class) instanceof Map<?, ?> map) {
        return new Fields(map);
      }
      throw ProblemException.badField("body", "expected a JSON object");
    } catch (JsonProcessingException e) {
      throw ProblemException.badField(
          "body", "is not JSON: " + e.getOriginalMessage().lines().findFirst().orElse(""));
    } catch (IOException e) {
      throw ProblemException.badField("body", "cannot be read: " + e.getMessage());
    }
  }

  /** Whether the field was given, even as null. */
  public boolean has(String field) {
    return values.containsKey(field);
  }

  /** A text that must be there. */
  public String text(String field) {
    String value = optionalText(field);
    if (value == null || value.isBlank()) {
      throw ProblemException.badField(field, "absent: expected a text");
    }
    return value;
  }

  /** A text, or null when absent. */
  public @Nullable String optionalText(String field) {
    Object value = values.get(field);
    if (value == null) {
      return null;
    }
    if (value instanceof Map || value instanceof Iterable) {
      throw ProblemException.badField(field, "expected a text");
    }
    String text = String.valueOf(value).strip();
    if (text.length() > TEXT_MAX || text.indexOf('\0') >= 0) {
      throw ProblemException.badField(
          field, "expected a text of at most " + TEXT_MAX + " characters");
    }
    return text;
  }

  /** A text, or this when absent. */
  public String text(String field, String absent) {
    String value = optionalText(field);
    return value == null ? absent : value;
  }

  /** An object as JSON text, or null when absent. */
  public @Nullable String object(String field) {
    Object value = values.get(field);
    if (value == null) {
      return null;
    }
    if (!(value instanceof Map)) {
      throw ProblemException.badField(field, "expected an object");
    }
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw ProblemException.badField(field, "cannot be written");
    }
  }
}
