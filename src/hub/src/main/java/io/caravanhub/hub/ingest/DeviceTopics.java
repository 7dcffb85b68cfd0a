package io.caravanhub.hub.ingest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.telemetry.TelemetryHeaders;
import io.caravanhub.core.telemetry.UnusableMessageException;
import io.caravanhub.hub.deadletter.DeadLetters;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.springframework.stereotype.Component;

/** What devices publish besides telemetry. Thread-safe. */
@Component("deviceTopics")
public class DeviceTopics {
  private final ObjectMapper json;

  public DeviceTopics(ObjectMapper json) {
    this.json = json;
  }

  /**
   * Body in: {@code online} or {@code offline} as text, or as the field {@code status} of an
   * object, or {@code {"online": true}}. Body out: the measurement {@code connection_status}, which
   * is kept like any other.
   */
  public void status(Exchange exchange) {
    Message message = exchange.getMessage();
    byte[] payload = message.getBody(byte[].class);
    exchange.setProperty(DeadLetters.PAYLOAD, payload);
    String status = read(new String(payload, StandardCharsets.UTF_8).strip());
    message.setHeader(TelemetryHeaders.SOURCE, "mqtt-status");
    message.setBody(
        json.createObjectNode()
            .set("metrics", json.createObjectNode().put("connection_status", status))
            .toString()
            .getBytes(StandardCharsets.UTF_8));
  }

  private String read(String text) {
    String said = text;
    if (text.startsWith("{")) {
      try {
        JsonNode object = json.readTree(text);
        said =
            object.path("online").isBoolean()
                ? object.path("online").asBoolean() ? "online" : "offline"
                : object.path("status").asText();
      } catch (JsonProcessingException e) {
        throw new UnusableMessageException("body", "is not JSON");
      }
    }
    String status = said.toLowerCase(Locale.ROOT);
    if (!status.equals("online") && !status.equals("offline")) {
      throw new UnusableMessageException("status", "expected online or offline");
    }
    return status;
  }

  /** Events of devices are not taken yet. */
  public void events(Exchange exchange) {
    exchange.setProperty(DeadLetters.PAYLOAD, exchange.getMessage().getBody(byte[].class));
    throw new UnusableMessageException(
        "topic",
        "the hub does not take events of devices yet; send what was measured as telemetry");
  }
}
