package io.caravanhub.hub.devicetype;

import io.caravanhub.core.mapping.MappingCatalog;
import io.caravanhub.core.payload.PayloadException;
import io.caravanhub.core.payload.PayloadFormat;
import io.caravanhub.core.telemetry.UnusableMessageException;
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
    if (profile.schema() == null) {
      return;
    }
    Object read = read(message.getBody(byte[].class), mapping, catalog);
    profile.schema().check(read, "");
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
}
