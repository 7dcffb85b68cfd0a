package io.caravanhub.hub.mapping;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.util.RawValue;
import io.caravanhub.core.mapping.Mapping;
import io.caravanhub.core.mapping.MappingException;
import io.caravanhub.core.mapping.MappingSource;
import io.caravanhub.core.payload.PayloadException;
import io.caravanhub.core.payload.PayloadFormat;
import io.caravanhub.hub.api.CallerContext;
import io.caravanhub.hub.api.Page;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.telemetry.TrialReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Body;
import org.apache.camel.Header;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The calls that show real payloads of a mapping, and what a draft would make of them. Thread-safe.
 */
@Component("mappingComparison")
public class MappingComparison {
  private static final int PAYLOADS = 100;

  /** A mapping at its bounds takes half a second a payload; nobody waits a minute for that. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final MappingPayloads payloads;
  private final MappingRows rows;
  private final TenantMappings mappings;
  private final TrialReader reader;
  private final ObjectMapper json;

  MappingComparison(
      MappingPayloads payloads,
      MappingRows rows,
      TenantMappings mappings,
      TrialReader reader,
      ObjectMapper json) {
    this.payloads = payloads;
    this.rows = rows;
    this.mappings = mappings;
    this.reader = reader;
    this.json = json;
  }

  /** {@code GET /mappings/{name}/payloads}, newest first. */
  public Page<Map<String, Object>> payloads(
      @Header("mappingName") String given, @Header("limit") @Nullable String limit) {
    List<Map<String, Object>> items = new ArrayList<>();
    for (MappingPayloads.Real real :
        payloads.newest(
            CallerContext.current().tenant(), MappingNames.read(given), Page.limit(limit))) {
      Map<String, Object> item = new LinkedHashMap<>();
      item.put("at", real.at().toString());
      item.put("device", real.device());
      item.put("source", real.source());
      write(item, real.payload());
      items.add(item);
    }
    return new Page<>(items, null);
  }

  /** JSON as it came, any other text as a text, what is no text in base64. */
  private void write(Map<String, Object> item, byte[] payload) {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(payload)).toString();
    } catch (CharacterCodingException e) {
      item.put("payload_base64", Base64.getEncoder().encodeToString(payload));
      return;
    }
    item.put("payload", isJson(text) ? new RawValue(text.strip()) : text);
  }

  private boolean isJson(String text) {
    try {
      JsonNode tree = json.readTree(text);
      return tree != null && tree.isContainerNode();
    } catch (JsonProcessingException e) {
      return false;
    }
  }

  /**
   * {@code POST /mappings/{name}/compare {jsonata?, fields?}}: what is given, or the draft, against
   * what is in force, on the newest real payloads. Nothing is stored.
   */
  public Map<String, Object> compare(
      @Header("mappingName") String given, @Body byte @Nullable [] body) {
    String name = MappingNames.read(given);
    String tenant = CallerContext.current().tenant();
    JsonNode request = JsonRequest.read(body, List.of("jsonata", "fields"));
    Mapping after = compile(asked(name, request));
    MappingSource published = mappings.find(tenant, name).orElse(null);
    Mapping before = published == null ? null : compile(published);
    PayloadFormat format = format(name);
    long start = System.nanoTime();
    int looked = 0;
    int failed = 0;
    List<Map<String, Object>> items = new ArrayList<>();
    for (MappingPayloads.Real real : payloads.newest(tenant, name, PAYLOADS)) {
      if (System.nanoTime() - start > PATIENCE.toNanos()) {
        break;
      }
      looked++;
      TrialView old = before == null ? null : trial(before, real, format, tenant);
      TrialView fresh = trial(after, real, format, tenant);
      boolean refused = !fresh.rejected().isEmpty();
      failed += refused ? 1 : 0;
      if (old == null
          || !old.measurements().equals(fresh.measurements())
          || !old.rejected().equals(fresh.rejected())) {
        items.add(item(real, old, fresh));
      }
    }
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("payloads", looked);
    view.put("changed", items.size());
    view.put("failed", failed);
    view.put("items", items);
    return view;
  }

  private MappingSource asked(String name, JsonNode request) {
    if (request.hasNonNull("jsonata") || request.hasNonNull("fields")) {
      return MappingTexts.of(request).source(name, "draft");
    }
    return rows.draft(name)
        .map(MappingVersion::source)
        .orElseThrow(
            () ->
                ProblemException.badField(
                    "jsonata", "absent, and there is no draft: expected jsonata, fields or both"));
  }

  private static Mapping compile(MappingSource source) {
    try {
      return Mapping.compile(source);
    } catch (MappingException e) {
      MappingTexts.Problem problem = MappingTexts.problem(e);
      throw ProblemException.badField(problem.field(), problem.placed());
    }
  }

  private @Nullable PayloadFormat format(String name) {
    try {
      return mappings.format(name).orElse(null);
    } catch (PayloadException e) {
      throw ProblemException.conflict("name", String.valueOf(e.getMessage()));
    }
  }

  private TrialView trial(
      Mapping mapping, MappingPayloads.Real real, @Nullable PayloadFormat format, String tenant) {
    String device = real.device() == null ? "trial" : real.device();
    return new Trial(mapping.source(), real.payload(), format, tenant, device)
        .run(reader, mapping, real.at());
  }

  private static Map<String, Object> item(
      MappingPayloads.Real real, @Nullable TrialView before, TrialView after) {
    Map<String, Object> item = new LinkedHashMap<>();
    item.put("at", real.at().toString());
    item.put("device", real.device());
    item.put("before", before == null ? List.of() : before.measurements());
    item.put("after", after.measurements());
    item.put(
        "reason",
        after.rejected().isEmpty()
            ? null
            : after.rejected().get(0).field() + ": " + after.rejected().get(0).reason());
    return item;
  }
}
