package io.caravanhub.hub.devicetype;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.caravanhub.hub.mapping.TrialView;
import io.caravanhub.hub.telemetry.TrialReader.Refusal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a device type makes of a payload.
 *
 * @param chunk for a chunk that is not all of its message: which one it is, else null
 * @param parts what of it is whose; one for a message that is not split
 * @param rejected why the message as a whole cannot be used
 * @param micros time for all of it, microseconds
 */
@JsonPropertyOrder({"chunk", "parts", "rejected", "micros"})
record TypeTrialView(
    @Nullable Map<String, Object> chunk, List<Part> parts, List<Refusal> rejected, long micros) {

  /**
   * A part.
   *
   * @param id what it names itself, null when it is the whole message
   * @param device serial of the virtual device, or null
   * @param fate known, made (it would be registered now) or refused; null for the whole message
   * @param measurements what would be stored
   * @param rejected why it cannot be used
   */
  @JsonPropertyOrder({"index", "id", "device", "fate", "output", "measurements", "rejected"})
  record Part(
      int index,
      @Nullable String id,
      @Nullable String device,
      @Nullable String fate,
      @Nullable Object output,
      List<TrialView.Line> measurements,
      List<Refusal> rejected) {}
}
