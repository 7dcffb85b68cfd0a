package io.caravanhub.hub.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Collection;
import java.util.List;
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

  /** A finite number, or null when absent. */
  public @Nullable Double optionalNumber(String field) {
    Object value = values.get(field);
    if (value == null) {
      return null;
    }
    if (value instanceof Number number && Double.isFinite(number.doubleValue())) {
      return number.doubleValue();
    }
    throw ProblemException.badField(field, "expected a number");
  }

  /** A whole number within bounds, or null when absent. */
  public @Nullable Integer optionalCount(String field, int min, int max) {
    Double value = optionalNumber(field);
    if (value == null) {
      return null;
    }
    if (value != Math.rint(value) || value < min || value > max) {
      throw ProblemException.badField(field, "expected a whole number from " + min + " to " + max);
    }
    return value.intValue();
  }

  /** An ISO 8601 duration that is not negative, or null when absent. */
  public @Nullable Duration optionalDuration(String field) {
    String text = optionalText(field);
    if (text == null) {
      return null;
    }
    try {
      Duration duration = Duration.parse(text);
      if (!duration.isNegative()) {
        return duration;
      }
    } catch (DateTimeParseException e) {
      // told below
    }
    throw ProblemException.badField(field, "expected an ISO 8601 duration such as PT10M");
  }

  /** An ISO 8601 moment, or null when absent. */
  public @Nullable Instant optionalInstant(String field) {
    String text = optionalText(field);
    if (text == null || text.isEmpty()) {
      return null;
    }
    try {
      return OffsetDateTime.parse(text.replace(' ', '+')).toInstant();
    } catch (DateTimeParseException e) {
      throw ProblemException.badField(field, "expected ISO 8601 such as 2026-01-31T12:00:00Z");
    }
  }

  /** A list as it is; none when it is absent. */
  public List<?> list(String field) {
    Object value = values.get(field);
    if (value == null) {
      return List.of();
    }
    if (value instanceof List<?> list) {
      return list;
    }
    throw ProblemException.badField(field, "expected a list");
  }

  /** True or false, or null when absent. */
  public @Nullable Boolean optionalFlag(String field) {
    Object value = values.get(field);
    if (value == null || value instanceof Boolean) {
      return (Boolean) value;
    }
    throw ProblemException.badField(field, "expected true or false");
  }

  /** A text of any length as it is, or null when absent. */
  public @Nullable String whole(String field) {
    Object value = values.get(field);
    if (value == null || value instanceof String) {
      return (String) value;
    }
    throw ProblemException.badField(field, "expected a text");
  }

  /** The fields of an object within; none when it is absent. */
  public Fields within(String field) {
    Object value = values.get(field);
    if (value == null) {
      return new Fields(Map.of());
    }
    if (value instanceof Map<?, ?> map) {
      return new Fields(map);
    }
    throw ProblemException.badField(field, "expected an object");
  }

  /** The names of the fields that were given. */
  public List<String> names() {
    return values.keySet().stream().map(String::valueOf).toList();
  }

  /** Refuses a field of another name: what is spelt wrong must not be taken for done. */
  public void only(Collection<String> known) {
    for (Object name : values.keySet()) {
      if (!known.contains(String.valueOf(name))) {
        throw ProblemException.badField(
            String.valueOf(name), "unknown; expected one of " + String.join(", ", known));
      }
    }
  }

  /** Fields that are at hand already, such as those of a form. */
  public static Fields of(Map<String, ?> values) {
    return new Fields(values);
  }
}
