package io.caravanhub.hub.mapping;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.suggest.Suggester;
import io.caravanhub.core.suggest.Suggestion;
import io.caravanhub.hub.api.ProblemException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.Body;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * {@code POST /mappings/suggest}: {@code {payloads: [...]}}, samples of one model, to {@code
 * {jsonata, fields, proposals: [{path, sample, type, metric, unit, confidence, why}], timestamp:
 * {path, format}, device}}. A sample that is a text is JSON in a text. Stores nothing. Thread-safe.
 */
@Component("mappingSuggestions")
public class MappingSuggestions {
  private static final int MOST = 100;

  private final ObjectMapper json;

  public MappingSuggestions(ObjectMapper json) {
    this.json = json;
  }

  /** Proposes a draft for the payloads of the body. */
  public Suggestion run(@Body byte @Nullable [] body) {
    JsonNode payloads = request(body).path("payloads");
    if (!payloads.isArray() || payloads.isEmpty() || payloads.size() > MOST) {
      throw ProblemException.badField(
          "payloads", "expected an array of 1 to " + MOST + " payloads of one model");
    }
    List<Object> samples = new ArrayList<>();
    for (int i = 0; i < payloads.size(); i++) {
      samples.add(sample(payloads.get(i), "payloads[" + i + "]"));
    }
    return Suggester.of(samples);
  }

  private Object sample(JsonNode payload, String field) {
    try {
      JsonNode sample = payload.isTextual() ? json.readTree(payload.asText()) : payload;
      if (!sample.isObject() && !sample.isArray()) {
        throw ProblemException.badField(field, "expected an object or an array");
      }
      return json.convertValue(sample, Object.class);
    } catch (JsonProcessingException e) {
      throw ProblemException.badField(field, "is not JSON: " + reason(e));
    }
  }

  private JsonNode request(byte @Nullable [] body) {
    try {
      JsonNode request = json.readTree(body == null ? new byte[0] : body);
      request
          .fieldNames()
          .forEachRemaining(
              name -> {
                if (!name.equals("payloads")) {
                  throw ProblemException.badField(name, "unknown; expected payloads");
                }
              });
      return request;
    } catch (JsonProcessingException e) {
      throw ProblemException.badField("body", "is not JSON: " + reason(e));
    } catch (IOException e) {
      throw ProblemException.badField("body", "cannot be read: " + e.getMessage());
    }
  }

  private static String reason(JsonProcessingException e) {
    return e.getOriginalMessage().lines().findFirst().orElse("");
  }
}
