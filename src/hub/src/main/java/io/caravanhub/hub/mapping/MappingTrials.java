package io.caravanhub.hub.mapping;

import com.fasterxml.jackson.databind.JsonNode;
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
 * device?}}. A mapping's name means the version that the tenant uses; beside a draft it says how
 * payloads are written. A text as payload is taken as it is, so CSV and broken JSON can be tried,
 * too. Thread-safe.
 */
@Component("mappingTrials")
public class MappingTrials {
  private static final List<String> FIELDS =
      List.of(
          "jsonata",
          "fields",
          "mappingId",
          "mapping",
          "payload",
          "payload_base64",
          "deviceType",
          "device");
  private static final String DRAFT = "draft";

  private final MappingCatalog catalog;
  private final TrialReader reader;

  public MappingTrials(MappingCatalog catalog, TrialReader reader) {
    this.catalog = catalog;
    this.reader = reader;
  }

  /** Tries a mapping; a draft that does not compile is a 400 that says where. */
  public TrialView run(@Body byte @Nullable [] body) {
    JsonNode request = JsonRequest.read(body, FIELDS);
    String field = request.hasNonNull("mapping") ? "mapping" : "mappingId";
    String named = JsonRequest.text(request, field);
    String mapping = named == null ? null : MappingNames.read(named);
    try {
      MappingSource source =
          mapping == null || isDrafted(request) ? draft(request) : named(mapping);
      PayloadFormat format = mapping == null ? null : catalog.format(mapping).orElse(null);
      String device = JsonRequest.text(request, "device");
      return new Trial(
              source,
              payload(request),
              format,
              CallerContext.current().tenant(),
              device == null ? "trial" : device)
          .run(reader);
    } catch (MappingException e) {
      MappingTexts.Problem problem = MappingTexts.problem(e);
      throw ProblemException.badField(problem.field(), problem.placed());
    } catch (PayloadException e) {
      throw ProblemException.badField(field, String.valueOf(e.getMessage()));
    }
  }

  private static boolean isDrafted(JsonNode request) {
    return request.hasNonNull("jsonata") || request.hasNonNull("fields");
  }

  private MappingSource named(String name) {
    Optional<MappingSource> found = catalog.find(CallerContext.current().tenant(), name);
    return found.orElseThrow(() -> ProblemException.notFound("mapping", name));
  }

  private static MappingSource draft(JsonNode request) {
    if (!isDrafted(request)) {
      throw ProblemException.badField("jsonata", "absent: expected jsonata, fields or mappingId");
    }
    return MappingTexts.of(request).source(DRAFT, DRAFT);
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
}
