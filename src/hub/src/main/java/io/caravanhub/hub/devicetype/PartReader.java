package io.caravanhub.hub.devicetype;

import io.caravanhub.core.mapping.Mapping;
import io.caravanhub.core.mapping.MappingException;
import io.caravanhub.core.telemetry.Telemetry;
import io.caravanhub.core.telemetry.UnusableMessageException;
import io.caravanhub.hub.devicetype.Splitter.Part;
import io.caravanhub.hub.registry.Device;
import io.caravanhub.hub.telemetry.CanonicalReader;
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

/** Reads the parts of a message, each as a message of its virtual device. Thread-safe. */
@Component
class PartReader {
  private static final int ROWS_MAX = 50_000;

  private final VirtualDevices devices;
  private final DeviceTypes types;
  private final PartMappings mappings;
  private final CanonicalReader canonical;
  private final CanonicalReader mappedReader;

  PartReader(
      VirtualDevices devices, DeviceTypes types, PartMappings mappings, CanonicalReader canonical) {
    this.devices = devices;
    this.types = types;
    this.mappings = mappings;
    this.canonical = canonical;
    this.mappedReader = canonical.ofMapped();
  }

  /**
   * A part that can be used.
   *
   * @param received its time when it has no timestamp
   * @param mapping name of the mapping that was applied, or null
   */
  record Used(Telemetry telemetry, Object body, Instant received, @Nullable String mapping) {}

  /** What became of the parts. */
  record Read(List<Used> used, List<RefusedPart> refused) {
    List<Telemetry> telemetry() {
      return used.stream().map(Used::telemetry).toList();
    }
  }

  /** What expressions see beside the message. */
  static Map<String, Object> bindings(Device gateway, long received) {
    Map<String, Object> bindings = new HashMap<>();
    bindings.put("tenant", gateway.tenant());
    bindings.put("gateway", gateway.serial());
    bindings.put("device", gateway.id().toString());
    bindings.put("received", received);
    return bindings;
  }

  /**
   * Reads parts.
   *
   * @param received the time of what has no timestamp; a device's second part is a microsecond
   *     later
   * @param past whether the message is mapped anew, and makes no devices
   */
  Read read(
      Parted parted,
      List<Part> parts,
      Object whole,
      Map<String, Object> bindings,
      String source,
      Instant received,
      boolean past) {
    Set<String> ids = new LinkedHashSet<>();
    for (Part part : parts) {
      if (part.id() != null) {
        ids.add(part.id());
      }
    }
    Demultiplexing how = Objects.requireNonNull(parted.profile().type().demultiplexing());
    VirtualDevices.Found found =
        past
            ? devices.find(parted.gateway(), how, ids)
            : devices.findOrMake(parted.gateway(), how, ids);
    Map<String, Integer> seen = new HashMap<>();
    Read read = new Read(new ArrayList<>(parts.size()), new ArrayList<>());
    bindings.put("message", whole);
    int rows = 0;
    Map<String, Mapping> met = new HashMap<>();
    for (Part part : parts) {
      Mapping mapping = null;
      try {
        Device device = device(part, how, found);
        Profile own = own(parted, device);
        mapping = mappings.of(device.tenant(), device, parted.profile(), own, met);
        int before = seen.merge(device.id().toString(), 1, Integer::sum) - 1;
        Used used =
            read(
                own == null ? parted.profile() : own,
                own,
                mapping,
                part,
                device,
                bindings,
                source,
                received.plusNanos(1_000L * before));
        rows += used.telemetry.measurements().size();
        read.used.add(used);
      } catch (UnusableMessageException e) {
        read.refused.add(
            new RefusedPart(
                part.body(), part.place() + "." + e.field(), e.reason(), name(mapping)));
      } catch (MappingException e) {
        read.refused.add(
            new RefusedPart(
                part.body(),
                part.place() + (e.field() == null ? "" : "." + e.field()),
                String.valueOf(e.getMessage()),
                name(mapping)));
      }
    }
    if (rows > ROWS_MAX) {
      throw new UnusableMessageException(
          "parts", "expected at most " + ROWS_MAX + " readings in a message, got " + rows);
    }
    return read;
  }

  private static Device device(Part part, Demultiplexing how, VirtualDevices.Found found) {
    if (part.id() == null) {
      throw new UnusableMessageException(how.id(), "expected " + VirtualDevices.ID);
    }
    Device device = found.devices().get(part.id());
    if (device == null) {
      throw new UnusableMessageException(
          how.id(), found.refused().getOrDefault(part.id(), "no device \"" + part.id() + "\""));
    }
    return device;
  }

  private static @Nullable String name(@Nullable Mapping mapping) {
    return mapping == null ? null : mapping.source().name();
  }

  /** The described type of a virtual device, or null. */
  private @Nullable Profile own(Parted parted, Device device) {
    if (device.id().equals(parted.gateway().id())) {
      return null;
    }
    Profile own = types.find(device.tenant(), device.deviceType());
    if (own != null && own.isParted()) {
      throw new UnusableMessageException(
          "device_type",
          "the virtual device's type \"" + own.name() + "\" splits messages; it must not");
    }
    return own;
  }

  private Used read(
      Profile judging,
      @Nullable Profile own,
      @Nullable Mapping mapping,
      Part part,
      Device device,
      Map<String, Object> bindings,
      String source,
      Instant received) {
    Object body = part.body();
    if (own != null && own.schema() != null) {
      own.schema().check(body, "");
    }
    String id = device.id().toString();
    CanonicalReader reader = (mapping == null ? canonical : mappedReader).with(judging.limits());
    if (mapping == null) {
      return new Used(
          reader.read(body, device.tenant(), id, source, received), body, received, null);
    }
    bindings.put("device", id);
    Object mapped = mappings.apply(mapping, device.tenant(), id, body, bindings);
    try {
      Telemetry telemetry = reader.read(mapped, device.tenant(), id, source, received);
      return new Used(
          telemetry.madeBy(mapping.source().id()), body, received, mapping.source().name());
    } catch (UnusableMessageException e) {
      mappings.refused(mapping, device.tenant());
      throw e;
    }
  }
}
