package io.caravanhub.hub.devicetype;

import io.caravanhub.core.mapping.MappingBounds;
import io.caravanhub.core.mapping.MappingCatalog;
import io.caravanhub.core.payload.PayloadException;
import io.caravanhub.core.payload.PayloadFormat;
import io.caravanhub.core.telemetry.TelemetryHeaders;
import io.caravanhub.core.telemetry.UnusableMessageException;
import io.caravanhub.hub.registry.Device;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.apache.camel.Message;
import org.jspecify.annotations.Nullable;

/** What the type of a single device asks of its messages. */
public final class EndpointMessages {
  private EndpointMessages() {}

  /**
   * Checks the message against the type's schema. Unless a mapping by name follows, which wants the
   * payload as it came, the body then is what was read of it.
   *
   * @param mapping name of the mapping that follows, which may say how payloads are written
   * @throws UnusableMessageException naming the field
   */
  public static void prepare(
      Profile profile, Message message, @Nullable String mapping, MappingCatalog catalog) {
    if (profile.schema() == null && profile.own() == null) {
      return;
    }
    Object read = read(message.getBody(byte[].class), mapping, catalog);
    if (profile.schema() != null) {
      profile.schema().check(read, "");
    }
    if (mapping == null) {
      message.setBody(read);
    }
  }

  private static Object read(byte[] payload, @Nullable String mapping, MappingCatalog catalog) {
    try {
      PayloadFormat format = mapping == null ? null : catalog.format(mapping).orElse(null);
      return format == null ? JsonPayload.read(payload, "body") : format.read(payload);
    } catch (PayloadException e) {
      throw new UnusableMessageException("body", String.valueOf(e.getMessage()));
    }
  }

  /** Applies the mapping that the type brings along. */
  public static void map(Profile profile, Device device, Message message) {
    Map<String, Object> bindings = new HashMap<>();
    bindings.put("tenant", device.tenant());
    bindings.put("device", device.id().toString());
    String received = message.getHeader(TelemetryHeaders.RECEIVED, String.class);
    bindings.put(
        "received", received == null ? System.currentTimeMillis() : Long.parseLong(received));
    message.setBody(
        Objects.requireNonNull(profile.own())
            .apply(message.getBody(), bindings, MappingBounds.DEFAULT));
  }
}
