package io.caravanhub.core.stream;

import io.caravanhub.core.cloud.CloudRequest.PartsOf;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One kind of message of a stream, and what is in it.
 *
 * @param name unique in the connector
 * @param topics filters of the topics it comes on, see {@link TopicPattern}; none for a WebSocket
 * @param when JSON Pointers and the values one of which must be there, {@code *} for any; it is
 *     enough that one of them fits
 * @param payload how it is written
 * @param parts where the devices are in it
 * @param mapping of telemetry, or null when it holds none
 * @param inventory mapping that describes each device, or null
 * @param complete whether it names all devices there are, so that others have vanished
 * @param faults mapping that lists each device's faults, or null
 * @param status the texts that say that a device is on line or off it, or null when it is no such
 *     message
 * @param skipsRetained whether what the broker had kept from before is passed over
 */
public record MessageKind(
    String name,
    List<String> topics,
    List<Map<String, Set<String>>> when,
    Payload payload,
    PartsOf parts,
    @Nullable String mapping,
    @Nullable String inventory,
    boolean complete,
    @Nullable String faults,
    @Nullable Status status,
    boolean skipsRetained) {

  /** How a payload is written. */
  public enum Payload {
    /** JSON; anything else is a dead letter. */
    JSON,
    /** A text, whatever it looks like. */
    TEXT,
    /** JSON when it can be read as such, else a text. */
    ANY
  }

  /**
   * What a will or a device's own word says.
   *
   * @param at JSON Pointer to the word, empty when it is the whole payload
   */
  public record Status(String at, String online, String offline) {}

  public MessageKind {
    topics = List.copyOf(topics);
    when = List.copyOf(when);
  }

  /** Whether such messages are known and of no use. */
  public boolean isPassedOver() {
    return mapping == null && inventory == null && faults == null && status == null;
  }
}
