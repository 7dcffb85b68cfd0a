package io.caravanhub.testkit.stream;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.testkit.cloud.Script;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The messages of {@code samples/stream.yaml}.
 *
 * @param settings a connection's settings, where {@code $origin} is the broker or cloud
 * @param credentials its credentials
 */
public record StreamScript(
    Map<String, String> settings, Map<String, String> credentials, List<Sent> messages) {

  /**
   * A message.
   *
   * @param topic empty for a WebSocket
   */
  public record Sent(String topic, byte[] payload, boolean retained) {}

  /** Reads the script of a connector. */
  public static StreamScript read(Path connector) throws IOException {
    JsonNode script =
        Script.resolved(connector.resolve("samples/stream.yaml"), connector.resolve("samples/in"));
    List<Sent> messages = new ArrayList<>();
    for (JsonNode message : script.path("messages")) {
      JsonNode payload = message.path("payload");
      String text = payload.isTextual() ? payload.asText() : payload.toString();
      messages.add(
          new Sent(
              message.path("topic").asText(),
              text.getBytes(StandardCharsets.UTF_8),
              message.path("retained").asBoolean()));
    }
    return new StreamScript(
        texts(script.path("settings")), texts(script.path("credentials")), messages);
  }

  /** The same with a fault in each payload. */
  public StreamScript with(StreamFault fault) {
    List<Sent> changed = new ArrayList<>();
    for (Sent sent : messages) {
      byte[] payload = sent.payload();
      changed.add(
          new Sent(
              sent.topic(),
              switch (fault) {
                case TRUNCATED -> java.util.Arrays.copyOf(payload, payload.length / 2);
                case GARBAGE -> new byte[] {(byte) 0xff, 0, 123, (byte) 0xfe, 34};
                case EMPTY -> new byte[0];
                default -> payload;
              },
              sent.retained()));
      if (fault == StreamFault.TWICE) {
        changed.add(sent);
      }
    }
    return new StreamScript(settings, credentials, changed);
  }

  private static Map<String, String> texts(JsonNode object) {
    Map<String, String> texts = new LinkedHashMap<>();
    object.properties().forEach(f -> texts.put(f.getKey(), f.getValue().asText()));
    return texts;
  }
}
