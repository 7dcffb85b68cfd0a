package io.caravanhub.hub.notify;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A message ready to be sent.
 *
 * @param id the same for every attempt
 * @param settings of the channel, secrets among them
 * @param unsubscribe where the reader can do so, or null
 */
record Parcel(
    UUID id,
    String tenant,
    @Nullable UUID event,
    String act,
    String address,
    boolean urgent,
    Map<String, String> settings,
    Written written,
    JsonNode facts,
    Brand brand,
    @Nullable String unsubscribe,
    Instant created) {

  String setting(String name) {
    return settings.getOrDefault(name, "");
  }
}
