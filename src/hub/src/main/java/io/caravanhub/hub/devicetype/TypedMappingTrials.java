package io.caravanhub.hub.devicetype;

import io.caravanhub.core.mapping.Mapping;
import io.caravanhub.core.mapping.MappingException;
import io.caravanhub.core.payload.PayloadException;
import io.caravanhub.core.payload.PayloadFormat;
import io.caravanhub.core.telemetry.UnusableMessageException;
import io.caravanhub.hub.api.CallerContext;
import io.caravanhub.hub.mapping.TrialView;
import io.caravanhub.hub.mapping.TypedTrials;
import io.caravanhub.hub.registry.Device;
import io.caravanhub.hub.registry.DeviceDirectory;
import io.caravanhub.hub.telemetry.TrialReader.Refusal;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Mappings tried on messages of a described type. Thread-safe. */
@Component
class TypedMappingTrials implements TypedTrials {
  private static final int UNMATCHED_MAX = 1_000;

  private final DeviceTypes types;
  private final DeviceDirectory devices;
  private final PartTrials parts;

  TypedMappingTrials(DeviceTypes types, DeviceDirectory devices, PartTrials parts) {
    this.types = types;
    this.devices = devices;
    this.parts = parts;
  }

  @Override
  public boolean describes(String type) {
    return types.find(CallerContext.current().tenant(), type) != null;
  }

  @Override
  public TrialView run(
      String type,
      @Nullable Mapping mapping,
      byte[] payload,
      @Nullable PayloadFormat format,
      @Nullable String device) {
    String tenant = CallerContext.current().tenant();
    Profile profile = Objects.requireNonNull(types.find(tenant, type));
    Device real = device == null ? null : devices.find(tenant, device).orElse(null);
    Device whose = real != null ? real : profile.trialDevice(tenant, "trial");
    String name = real != null ? null : device == null ? "trial" : device;
    try {
      PayloadFormat how = profile.isParted() ? null : format;
      Object whole = whole(profile, payload, how);
      return view(
          profile,
          parts.run(profile, whose, new PartTrials.Message(whole, payload, how, mapping, name)));
    } catch (UnusableMessageException e) {
      return refused(e.field(), e.reason());
    } catch (MappingException e) {
      String field = e.field();
      return refused(
          field == null ? "demultiplexing.split" : field, String.valueOf(e.getMessage()));
    }
  }

  /** The message, put together when the payload is an array of its chunks. */
  private static Object whole(Profile profile, byte[] payload, @Nullable PayloadFormat format) {
    Object read;
    try {
      read = format == null ? JsonPayload.read(payload, "body") : format.read(payload);
    } catch (PayloadException e) {
      throw new UnusableMessageException("body", String.valueOf(e.getMessage()));
    }
    Chunking how = profile.type().chunking();
    if (how == null) {
      return read;
    }
    List<?> chunks = read instanceof List<?> list ? list : List.of(read);
    return JsonPayload.read(Assembly.of(how, chunks), "body");
  }

  private static TrialView view(Profile profile, List<PartTrials.Tried> tried) {
    List<TrialView.Line> lines = new ArrayList<>();
    List<Refusal> rejected = new ArrayList<>();
    Set<String> unmatched = new LinkedHashSet<>();
    List<@Nullable Object> outputs = new ArrayList<>();
    long micros = 0;
    for (PartTrials.Tried one : tried) {
      one.part().measurements().forEach(line -> lines.add(line.of(one.part().device())));
      rejected.addAll(one.part().rejected());
      unmatched.addAll(one.unmatched());
      outputs.add(one.output());
      micros += one.micros();
    }
    return new TrialView(
        profile.isParted() ? outputs : outputs.get(0),
        lines,
        rejected,
        unmatched.stream().limit(UNMATCHED_MAX).toList(),
        Math.max(1, micros));
  }

  private static TrialView refused(String field, String reason) {
    return new TrialView(null, List.of(), List.of(new Refusal(field, reason)), List.of(), 1);
  }
}
