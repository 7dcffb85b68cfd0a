package io.caravanhub.hub.mapping;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.mapping.MappingCatalog;
import io.caravanhub.core.mapping.MappingException;
import io.caravanhub.core.mapping.MappingSource;
import io.caravanhub.core.payload.PayloadException;
import io.caravanhub.core.payload.PayloadFormat;
import io.caravanhub.hub.api.CallerContext;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.telemetry.TrialReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.apache.camel.Body;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * {@code POST /mappings/test}: {@code {jsonata | fields | mappingId, payload, deviceType?,
 * device?}}. A text as payload is taken as it is, so CSV and broken JSON can be tried, too.
 * Thread-safe.
 */
@Component("mappingTrials")
public class MappingTrials {
  private static final List<String> FIELDS =
      List.of(
          "jsonata", "fields", "mappingId", "payload", "payload_base64", "deviceType", "device");
  private static final String DRAFT = "draft";

  private final MappingCatalog catalog;
  private final TrialReader reader;
  private final ObjectMapper json;

  public MappingTrials(MappingCatalog catalog, TrialReader reader, ObjectMapper json) {
    this.catalog = catalog;
    this.reader = reader;
    this.json = json;
  }

  /** Tries a mapping; a draft that does not compile is a 400 that says where. */
  public TrialView run(@Body byte @Nullable [] body) {
    JsonNode request = request(body);
    String mapping = text(request, "mappingId");
    try {
      MappingSource source = mapping == null ? draft(request) : named(mapping);
      PayloadFormat format = mapping == null ? null : catalog.format(mapping).orElse(null);
      String device = text(request, "device");
      return new Trial(
              source,
              payload(request),
              format,
              CallerContext.current().tenant(),
              device == null ? "trial" : device)
          .run(reader);
    } catch (MappingException e) {
      String field = e.field();
      throw ProblemException.badField(
          field == null ? "jsonata" : field.startsWith("fields") ? field : "fields." + field,
          Trial.placed(e));
    } catch (PayloadException e) {
      throw ProblemException.badField("mappingId", String.valueOf(e.getMessage()));
    }
  }

  private JsonNode request(byte @Nullable [] body) {
    try {
      JsonNode request = json.readTree(body == null ? new byte[0] : body);
      if (!request.isObject()) {
        throw ProblemException.badField("body", "expected a JSON object");
      }
      request
          .fieldNames()
          .forEachRemaining(
              name -> {
                if (!FIELDS.contains(name)) {
                  throw ProblemException.badField(
                      name, "unknown; expected one of " + String.join(", ", FIELDS));
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

  private MappingSource named(String name) {
    Optional<MappingSource> found = catalog.find(name);
    return found.orElseThrow(() -> ProblemException.notFound("mapping", name));
  }

  private static MappingSource draft(JsonNode request) {
    String jsonata = text(request, "jsonata");
    JsonNode fields = request.path("fields");
    if (jsonata == null && (fields.isMissingNode() || fields.isNull())) {
      throw ProblemException.badField("jsonata", "absent: expected jsonata, fields or mappingId");
    }
    return new MappingSource(
        DRAFT,
        DRAFT,
        jsonata == null ? "" : jsonata,
        fields.isMissingNode() || fields.isNull()
            ? null
            : fields.isTextual() ? fields.asText() : fields.toPrettyString());
  }

  private static byte[] payload(JsonNode request) {
    JsonNode payload = request.path("payload");
    if (request.hasNonNull("payload_base64")) {
      try {
        return request.get("payload_base64").binaryValue();
      } catch (IOException e) {
        throw ProblemException.badField("payload_base64", "expected base64");
      }
    }
    if (payload.isMissingNode()) {
      throw ProblemException.badField("payload", "absent: expected what the device sends");
    }
    return (payload.isTextual() ? payload.asText() : payload.toString())
        .getBytes(StandardCharsets.UTF_8);
  }

  private static @Nullable String text(JsonNode request, String field) {
    JsonNode value = request.path(field);
    if (value.isMissingNode() || value.isNull()) {
      return null;
    }
    if (!value.isTextual()) {
      throw ProblemException.badField(field, "expected a text");
    }
    return value.asText();
  }
}
