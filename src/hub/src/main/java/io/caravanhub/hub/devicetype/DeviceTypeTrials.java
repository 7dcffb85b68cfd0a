package io.caravanhub.hub.devicetype;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.mapping.MappingException;
import io.caravanhub.core.telemetry.UnusableMessageException;
import io.caravanhub.hub.api.CallerContext;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.registry.Device;
import io.caravanhub.hub.registry.DeviceDirectory;
import io.caravanhub.hub.telemetry.TrialReader.Refusal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.camel.Body;
import org.apache.camel.Header;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * {@code POST /device-types/{name}/test}: {@code {payload | payload_base64, device?, type?}}. The
 * type in the body, a draft, counts in place of the stored one; the device is a real one whose
 * virtual devices are looked up. Nothing is stored, made or counted. Thread-safe.
 */
@Component("deviceTypeTrials")
public class DeviceTypeTrials {
  private static final List<String> FIELDS = List.of("payload", "payload_base64", "device", "type");

  private final DeviceTypeRows rows;
  private final DeviceDirectory devices;
  private final PartTrials parts;
  private final ObjectMapper json;

  DeviceTypeTrials(
      DeviceTypeRows rows, DeviceDirectory devices, PartTrials parts, ObjectMapper json) {
    this.rows = rows;
    this.devices = devices;
    this.parts = parts;
    this.json = json;
  }

  /** Tries a type. */
  public TypeTrialView run(@Header("typeName") String name, @Body byte @Nullable [] body) {
    JsonNode request = request(body);
    Profile profile = Profile.compile(type(name, request), 0);
    Device device = device(request, profile);
    byte[] payload = payload(request);
    long start = System.nanoTime();
    Map<String, Object> chunk = null;
    List<TypeTrialView.Part> made = new ArrayList<>();
    List<Refusal> rejected = new ArrayList<>();
    try {
      Object whole = JsonPayload.read(payload, "body");
      Chunking how = profile.type().chunking();
      if (how != null) {
        List<?> chunks = whole instanceof List<?> list ? list : List.of(whole);
        Chunk first = chunks.isEmpty() ? null : Chunk.read(how, chunks.get(0));
        if (first != null && chunks.size() < first.total()) {
          chunk = view(how, first);
          whole = null;
        } else {
          whole = JsonPayload.read(Assembly.of(how, chunks), "body");
        }
      }
      if (whole != null) {
        parts
            .run(profile, device, new PartTrials.Message(whole, payload, null, null, null))
            .forEach(tried -> made.add(tried.part()));
      }
    } catch (UnusableMessageException e) {
      rejected.add(new Refusal(e.field(), e.reason()));
    } catch (MappingException e) {
      String field = e.field();
      rejected.add(
          new Refusal(
              field == null ? "demultiplexing.split" : field, String.valueOf(e.getMessage())));
    }
    return new TypeTrialView(chunk, made, rejected, (System.nanoTime() - start) / 1_000);
  }

  private static Map<String, Object> view(Chunking how, Chunk chunk) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("correlation_id", chunk.correlationId());
    view.put("sequence", chunk.sequence() + how.first());
    view.put("total", chunk.total());
    return view;
  }

  private DeviceType type(String name, JsonNode request) {
    JsonNode draft = request.path("type");
    if (draft.isMissingNode() || draft.isNull()) {
      return rows.find(name)
          .orElseThrow(() -> ProblemException.notFound("device type", name))
          .type();
    }
    Map<String, @Nullable Object> given = new LinkedHashMap<>();
    Map<String, ?> fields = DeviceTypeFields.object("type", json.convertValue(draft, Object.class));
    given.putAll(Objects.requireNonNull(fields));
    given.keySet().removeAll(TypeHistory.TOLD);
    given.putIfAbsent("name", name);
    return DeviceTypeFields.within("type", () -> DeviceTypeFields.read(given));
  }

  private Device device(JsonNode request, Profile profile) {
    String tenant = CallerContext.current().tenant();
    String serial = request.path("device").asText("");
    if (!serial.isEmpty()) {
      return devices
          .find(tenant, serial)
          .orElseThrow(() -> ProblemException.badField("device", "no device \"" + serial + "\""));
    }
    return profile.trialDevice(tenant, "trial");
  }

  private JsonNode request(byte @Nullable [] body) {
    try {
      JsonNode request = json.readTree(body == null ? new byte[0] : body);
      if (!request.isObject()) {
        throw ProblemException.badField("body", "expected a JSON object");
      }
      for (Map.Entry<String, JsonNode> field : request.properties()) {
        if (!FIELDS.contains(field.getKey())) {
          throw ProblemException.badField(
              field.getKey(), "unknown; expected one of " + String.join(", ", FIELDS));
        }
      }
      return request;
    } catch (JsonProcessingException e) {
      throw ProblemException.badField(
          "body", "is not JSON: " + e.getOriginalMessage().lines().findFirst().orElse(""));
    } catch (IOException e) {
      throw ProblemException.badField("body", "cannot be read: " + e.getMessage());
    }
  }

  private static byte[] payload(JsonNode request) {
    if (request.hasNonNull("payload_base64")) {
      try {
        return request.get("payload_base64").binaryValue();
      } catch (IOException e) {
        throw ProblemException.badField("payload_base64", "expected base64");
      }
    }
    JsonNode payload = request.path("payload");
    if (payload.isMissingNode()) {
      throw ProblemException.badField("payload", "absent: expected what the device sends");
    }
    return (payload.isTextual() ? payload.asText() : payload.toString())
        .getBytes(StandardCharsets.UTF_8);
  }
}
