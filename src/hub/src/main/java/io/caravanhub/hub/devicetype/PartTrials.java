package io.caravanhub.hub.devicetype;

import io.caravanhub.core.mapping.Mapping;
import io.caravanhub.core.mapping.MappingBounds;
import io.caravanhub.core.mapping.MappingException;
import io.caravanhub.core.telemetry.UnusableMessageException;
import io.caravanhub.hub.devicetype.Splitter.Part;
import io.caravanhub.hub.mapping.TrialView;
import io.caravanhub.hub.registry.Device;
import io.caravanhub.hub.telemetry.TrialReader;
import io.caravanhub.hub.telemetry.TrialReader.Refusal;
import java.time.Instant;
import java.util.ArrayList;
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

  PartTrials(VirtualDevices devices, DeviceTypes types, PartMappings mappings, TrialReader reader) {
    this.devices = devices;
    this.types = types;
    this.mappings = mappings;
    this.reader = reader;
  }

  /** What the type makes of a whole message of the device. */
  List<TypeTrialView.Part> run(Profile profile, Device device, Object whole) {
    if (profile.schema() != null) {
      profile.schema().check(whole, "");
    }
    Instant received = Instant.now();
    Map<String, Object> bindings = PartReader.bindings(device, received.toEpochMilli());
    if (!profile.isParted()) {
      return List.of(
          read(profile, null, new Part(0, null, whole), device, null, null, bindings, received));
    }
    List<Part> parts = Splitter.split(profile, whole, bindings);
    Set<String> ids = new LinkedHashSet<>();
    for (Part part : parts) {
      if (part.id() != null) {
        ids.add(part.id());
      }
    }
    Demultiplexing how = Objects.requireNonNull(profile.type().demultiplexing());
    VirtualDevices.Found found = devices.find(device, how, ids);
    bindings.put("message", whole);
    List<TypeTrialView.Part> made = new ArrayList<>(parts.size());
    for (Part part : parts) {
      made.add(part(profile, how, device, found, part, bindings, received));
    }
    return made;
  }

  private TypeTrialView.Part part(
      Profile profile,
      Demultiplexing how,
      Device gateway,
      VirtualDevices.Found found,
      Part part,
      Map<String, Object> bindings,
      Instant received) {
    String id = part.id();
    if (id == null || found.refused().containsKey(id)) {
      String reason =
          id == null ? "expected " + VirtualDevices.ID : found.refused().getOrDefault(id, "");
      return new TypeTrialView.Part(
          part.index(),
          id,
          null,
          "refused",
          part.body(),
          List.of(),
          List.of(new Refusal(part.place() + "." + how.id(), reason)));
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
        received);
  }

  private TypeTrialView.Part read(
      Profile profile,
      @Nullable Profile own,
      Part part,
      @Nullable Device device,
      @Nullable String serial,
      @Nullable String fate,
      Map<String, Object> bindings,
      Instant received) {
    String at = serial == null ? "" : part.place() + ".";
    Object output = part.body();
    try {
      if (own != null && own.schema() != null) {
        own.schema().check(output, "");
      }
      Mapping mapping = mappings.of(String.valueOf(bindings.get("tenant")), device, profile, own);
      if (mapping != null) {
        output = mapping.apply(output, bindings, MappingBounds.DEFAULT);
      }
      TrialReader.Read read =
          reader.read(
              output,
              String.valueOf(bindings.get("tenant")),
              received,
              (own == null ? profile : own).limits());
      return new TypeTrialView.Part(
          part.index(),
          part.id(),
          serial,
          fate,
          output,
          read.measurements().stream().map(TrialView.Line::of).toList(),
          read.refusals().stream().map(r -> new Refusal(at + r.field(), r.reason())).toList());
    } catch (UnusableMessageException e) {
      return refused(part, serial, fate, output, at + e.field(), e.reason());
    } catch (MappingException e) {
      String field = e.field() == null ? "mapping" : e.field();
      return refused(part, serial, fate, output, at + field, String.valueOf(e.getMessage()));
    }
  }

  private static TypeTrialView.Part refused(
      Part part,
      @Nullable String serial,
      @Nullable String fate,
      Object output,
      String field,
      String reason) {
    return new TypeTrialView.Part(
        part.index(),
        part.id(),
        serial,
        fate,
        output,
        List.of(),
        List.of(new Refusal(field, reason)));
  }
}
