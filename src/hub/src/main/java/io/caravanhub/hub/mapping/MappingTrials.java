package io.caravanhub.hub.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.core.mapping.Mapping;
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
 * payloads are written. A type that the tenant describes puts together, checks, splits and judges
 * as it would in the pipeline; its own mapping counts when none is given. A text as payload is
 * taken as it is, so CSV and broken JSON can be tried, too. Thread-safe.
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
  private final TypedTrials types;

  public MappingTrials(MappingCatalog catalog, TrialReader reader, TypedTrials types) {
    this.catalog = catalog;
    this.reader = reader;
    this.types = types;
  }

  /** Tries a mapping; a draft that does not compile is a 400 that says where. */
  public TrialView run(@Body byte @Nullable [] body) {
    JsonNode request = JsonRequest.read(body, FIELDS);
    String field = request.hasNonNull("mapping") ? "mapping" : "mappingId";
    String named = JsonRequest.text(request, field);
    String mapping = named == null ? null : MappingNames.read(named);
    String type = JsonRequest.text(request, "deviceType");
    try {
      PayloadFormat format = mapping == null ? null : catalog.format(mapping).orElse(null);
      String device = JsonRequest.text(request, "device");
      if (type != null && types.describes(type)) {
        Mapping given =
            mapping == null && !isDrafted(request)
                ? null
                : Mapping.compile(source(mapping, request));
        return types.run(type, given, payload(request), format, device);
      }
      if (type != null && mapping == null && !isDrafted(request)) {
        throw ProblemException.badField(
            "deviceType",
            "no device type \"" + type + "\" is described; give jsonata, fields or mappingId");
      }
      MappingSource source = source(mapping, request);
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

  private MappingSource source(@Nullable String mapping, JsonNode request) {
    return mapping == null || isDrafted(request) ? draft(request) : named(mapping);
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
      throw ProblemException.badField(
          "jsonata", "absent: expected jsonata, fields, mappingId or deviceType");
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
