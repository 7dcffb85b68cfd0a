package io.caravanhub.core.suggest;

import io.caravanhub.core.function.LorawanFunctions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Payloads with what a LoRaWAN network server wraps round them taken off, as {@code $uplink} does.
 *
 * @param inner what the device itself says, of each sample
 * @param prefix path of that in the first sample, with a dot at its end; "" without a wrapping
 * @param time path of the time that the network server gives
 * @param radio the measurements of the radio, if a sample has them
 */
record Wrapped(List<?> inner, String prefix, String time, List<?> radio) {

  boolean isLorawan() {
    return !prefix.isEmpty();
  }

  static Wrapped of(List<?> payloads) {
    List<@Nullable Object> inner = new ArrayList<>();
    List<?> radio = List.of();
    boolean thingsStack = false;
    for (Object payload : payloads) {
      if (!(payload instanceof Map<?, ?> message) || !isEnvelope(message)) {
        return new Wrapped(payloads, "", "", List.of());
      }
      thingsStack |= message.containsKey("uplink_message");
      try {
        if (LorawanFunctions.uplink(message) instanceof Map<?, ?> uplink) {
          inner.add(uplink.get("fields"));
          radio = radio.isEmpty() && uplink.get("radio") instanceof List<?> r ? r : radio;
        }
      } catch (RuntimeException notDecoded) {
        return new Wrapped(payloads, "", "", List.of());
      }
    }
    return thingsStack
        ? new Wrapped(inner, "uplink_message.decoded_payload.", "uplink_message.received_at", radio)
        : new Wrapped(inner, "object.", "time", radio);
  }

  private static boolean isEnvelope(Map<?, ?> message) {
    return message.get("uplink_message") instanceof Map
        || message.get("object") instanceof Map
            && (message.containsKey("deviceInfo") || message.containsKey("devEUI"));
  }
}
