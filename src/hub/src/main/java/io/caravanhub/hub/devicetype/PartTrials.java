package io.caravanhub.hub.devicetype;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.mapping.Mapping;
import io.caravanhub.core.mapping.MappingBounds;
import io.caravanhub.core.mapping.MappingException;
import io.caravanhub.core.mapping.MappingTrial;
import io.caravanhub.core.payload.PayloadFormat;
import io.caravanhub.core.telemetry.UnusableMessageException;
import io.caravanhub.hub.devicetype.Splitter.Part;
import io.caravanhub.hub.mapping.TrialView;
import io.caravanhub.hub.registry.Device;
import io.caravanhub.hub.telemetry.TrialReader;
import io.caravanhub.hub.telemetry.TrialReader.Refusal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Does with a message what {@link PartReader} does, and leaves no trace. Thread-safe. */
@Component
class PartTrials {
  private final VirtualDevices devices;
  private final DeviceTypes types;
  private final PartMappings mappings;
  private final TrialReader reader;
  private final ObjectMapper json;

  PartTrials(
      VirtualDevices devices,
      DeviceTypes types,
      PartMappings mappings,
      TrialReader reader,
      ObjectMapper json) {
    this.devices = devices;
    this.types = types;
    this.mappings = mappings;
    this.reader = reader;
    this.json = json;
  }

  /**
   * A message to try.
   *
   * @param whole the payload, read
   * @param payload as it came, for a message that is not split
   * @param format how the payload is written, null for JSON
   * @param instead the mapping to apply in place of the one that would be, or null
   * @param name what {@code $device} is in place of the device's id, or null
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Message(
      Object whole,
      byte[] payload,
      @Nullable PayloadFormat format,
      @Nullable Mapping instead,
      @Nullable String name) {}

  /**
   * What became of a part.
   *
   * @param output what its mapping yielded, as it is; the part itself where none was applied
   * @param unmatched fields of it that its mapping did not look at
   * @param micros time for reading and mapping it, microseconds
   */
  record Tried(
      TypeTrialView.Part part, @Nullable Object output, List<String> unmatched, long micros) {}

  /** What the type makes of a whole message of the device. */
  List<Tried> run(Profile profile, Device device, Message message) {
    Object whole = message.whole;
    if (profile.schema() != null) {
      profile.schema().check(whole, "");
    }
    Instant received = Instant.now();
    Map<String, Object> bindings = PartReader.bindings(device, received.toEpochMilli());
    if (message.name != null) {
      bindings.put("device", message.name);
    }
    if (!profile.isParted()) {
      bindings.remove("gateway");
      return List.of(
          read(
              profile,
              null,
              new Part(0, null, whole),
              device,
              null,
              null,
              bindings,
              received,
              message));
    }
    List<Part> parts = Splitter.split(profile, whole, bindings);
    Set<String> ids = new LinkedHashSet<>();
    for (Part part : parts) {
      if (part.id() != null) {
        ids.add(part.id());
      }
    }
    Demultiplexing how = Objects.requireNonNull(profile.type().demultiplexing());
    // A gateway that is not there has no virtual devices yet, whoever may make them.
    VirtualDevices.Found found =
        message.name == null
            ? devices.find(device, how, ids)
            : devices.find(device, how, ids, true);
    bindings.put("message", whole);
    List<Tried> made = new ArrayList<>(parts.size());
    for (Part part : parts) {
      made.add(part(profile, how, device, found, part, bindings, received, message));
    }
    return made;
  }

  private Tried part(
      Profile profile,
      Demultiplexing how,
      Device gateway,
      VirtualDevices.Found found,
      Part part,
      Map<String, Object> bindings,
      Instant received,
      Message message) {
    String id = part.id();
    if (id == null || found.refused().containsKey(id)) {
      String reason =
          id == null ? "expected " + VirtualDevices.ID : found.refused().getOrDefault(id, "");
      return refused(part, null, "refused", part.body(), part.place() + "." + how.id(), reason);
    }
    Device device = found.devices().get(id);
    String type =
        device == null ? how.ports().getOrDefault(id, how.deviceType()) : device.deviceType();
    Profile own =
        device != null && device.id().equals(gateway.id())
            ? null
            : types.find(gateway.tenant(), type);
    return read(
        profile,
        own,
        part,
        device,
        device == null ? VirtualDevices.serial(gateway, how, id) : device.serial(),
        device == null ? "made" : "known",
        bindings,
        received,
        message);
  }

  private Tried read(
      Profile profile,
      @Nullable Profile own,
      Part part,
      @Nullable Device device,
      @Nullable String serial,
      @Nullable String fate,
      Map<String, Object> bindings,
      Instant received,
      Message message) {
    String at = serial == null ? "" : part.place() + ".";
    String tenant = String.valueOf(bindings.get("tenant"));
    Object result = part.body();
    @Nullable Object output = result;
    List<String> unmatched = List.of();
    long micros = 0;
    try {
      if (own != null && own.schema() != null) {
        own.schema().check(result, "");
      }
      Mapping mapping =
          message.instead != null
              ? message.instead
              : mappings.of(tenant, device, profile, own, new HashMap<>());
      if (mapping != null) {
        MappingTrial trial =
            serial == null
                ? MappingTrial.run(
                    mapping, message.payload, message.format, bindings, MappingBounds.DEFAULT)
                : MappingTrial.run(mapping, bytes(result), null, bindings, MappingBounds.DEFAULT);
        output = trial.output();
        unmatched = trial.unmatched();
        micros = trial.micros();
        if (trial.failure() != null) {
          throw trial.failure();
        }
        result = Objects.requireNonNull(trial.result());
      }
      TrialReader.Read read =
          reader.read(result, tenant, received, (own == null ? profile : own).limits());
      return new Tried(
          new TypeTrialView.Part(
              part.index(),
              part.id(),
              serial,
              fate,
              result,
              read.measurements().stream().map(TrialView.Line::of).toList(),
              read.refusals().stream().map(r -> new Refusal(at + r.field(), r.reason())).toList()),
          output,
          unmatched,
          micros);
    } catch (UnusableMessageException e) {
      return refused(part, serial, fate, result, at + e.field(), e.reason());
    } catch (MappingException e) {
      String field = e.field() == null ? "mapping" : e.field();
      return new Tried(
          refused(part, serial, fate, result, at + field, String.valueOf(e.getMessage())).part,
          output,
          unmatched,
          micros);
    }
  }

  private byte[] bytes(Object body) {
    try {
      return json.writeValueAsBytes(body);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Tried refused(
      Part part,
      @Nullable String serial,
      @Nullable String fate,
      Object output,
      String field,
      String reason) {
    return new Tried(
        new TypeTrialView.Part(
            part.index(),
            part.id(),
            serial,
            fate,
            output,
            List.of(),
            List.of(new Refusal(field, reason))),
        output,
        List.of(),
        0);
  }
}
