package io.caravanhub.hub.mapping;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.hub.api.ProblemException;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request's JSON object, whose fields may be trees; errors name the field. */
final class JsonRequest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int TEXT_MAX = 500;

  private JsonRequest() {}

  /** Reads a body that may hold these fields and no others; an empty one holds none. */
  static JsonNode read(byte @Nullable [] body, List<String> fields) {
    if (body == null || body.length == 0) {
      return JSON.createObjectNode();
    }
    try {
      JsonNode request = JSON.readTree(body);
      if (!request.isObject()) {
        throw ProblemException.badField("body", "expected a JSON object");
      }
      request
          .fieldNames()
          .forEachRemaining(
              name -> {
                if (!fields.contains(name)) {
                  throw ProblemException.badField(
                      name, "unknown; expected one of " + String.join(", ", fields));
                }
              });
      return request;
    } catch (JsonProcessingException e) {
      throw ProblemException.badField(
          "body", "is not JSON: " + e.getOriginalMessage().lines().findFirst().orElse(""));
    } catch (IOException e) {
      throw ProblemException.badField("body", "cannot be read: " + e.getMessage());
    }
  }

  /** A short text, or null when absent. */
  static @Nullable String text(JsonNode request, String field) {
    JsonNode value = request.path(field);
    if (value.isMissingNode() || value.isNull()) {
      return null;
    }
    if (!value.isTextual()
        || value.asText().length() > TEXT_MAX
        || value.asText().indexOf('\0') >= 0) {
      throw ProblemException.badField(
          field, "expected a text of at most " + TEXT_MAX + " characters");
    }
    return value.asText();
  }
}
