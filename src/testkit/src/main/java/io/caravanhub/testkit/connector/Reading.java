package io.caravanhub.testkit.connector;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.mapping.Mapping;
import io.caravanhub.core.mapping.MappingBounds;
import io.caravanhub.core.mapping.MappingTrial;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One value that a mapping made of a payload.
 *
 * @param unit as the payload has it, or null
 * @param ts as the mapping gives it, the time of receipt when it gives none
 */
public record Reading(
    String device, String metric, JsonNode value, @Nullable String unit, String ts) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * The readings of one message.
   *
   * @throws IOException when there is no such mapping
   * @throws RuntimeException when the mapping fails
   */
  public static List<Reading> of(
      ConnectorFolder connector, String mapping, String device, byte[] body, Instant received)
      throws IOException {
    return of(device, output(connector, mapping, device, body, received), received);
  }

  /** What a mapping of the connector makes of a part. */
  static JsonNode output(
      ConnectorFolder connector, String mapping, String device, byte[] body, Instant received)
      throws IOException {
    MappingTrial trial =
        MappingTrial.run(
            Mapping.compile(connector.source(mapping)),
            body,
            null,
            Map.of("device", device, "tenant", "default", "received", received.toEpochMilli()),
            MappingBounds.DEFAULT);
    if (trial.failure() != null) {
      throw trial.failure();
    }
    return JSON.valueToTree(trial.output());
  }

  private static List<Reading> of(String device, JsonNode made, Instant received) {
    List<Reading> readings = new ArrayList<>();
    for (JsonNode message : made.isArray() ? made : List.of(made)) {
      for (JsonNode one : message.path("measurements")) {
        String ts =
            text(
                one.has("timestamp") ? one.path("timestamp") : message.path("timestamp"), received);
        readings.add(
            new Reading(
                device,
                one.path("name").asText(),
                one.path("value"),
                one.hasNonNull("unit") ? one.path("unit").asText() : null,
                ts));
      }
      String ts = text(message.path("timestamp"), received);
      message
          .path("metrics")
          .properties()
          .forEach(m -> readings.add(new Reading(device, m.getKey(), m.getValue(), null, ts)));
    }
    return readings;
  }

  private static String text(JsonNode time, Instant received) {
    return time.isNumber()
        ? Instant.ofEpochMilli(time.asLong()).toString()
        : time.asText().isEmpty() ? received.toString() : time.asText();
  }
}
