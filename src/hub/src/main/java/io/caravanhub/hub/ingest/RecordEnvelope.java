package io.caravanhub.hub.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.telemetry.TelemetryHeaders;
import io.caravanhub.core.telemetry.UnusableMessageException;
import io.caravanhub.hub.deadletter.DeadLetters;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.component.kafka.consumer.KafkaManualCommit;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * Puts a record of a customer's broker into the hub's envelope. The tenant is the setting's; the
 * device is what the payload says ({@code device_id} or {@code deviceId}), else the header {@code
 * device_id}, else the record's key. Every header the record came with is removed. Thread-safe.
 */
@Component("recordEnvelope")
public class RecordEnvelope {
  private static final String HEADER = "device_id";
  private static final int NAME_MAX = 200;

  private final ObjectMapper json;
  private final String kafkaTenant;
  private final String amqpTenant;

  public RecordEnvelope(
      ObjectMapper json,
      @Value("${hub.ingest.kafka.tenant:default}") String kafkaTenant,
      @Value("${hub.ingest.amqp.tenant:default}") String amqpTenant) {
    this.json = json;
    this.kafkaTenant = kafkaTenant;
    this.amqpTenant = amqpTenant;
  }

  /** A record of Kafka; what its commit needs stays. */
  public void kafka(Exchange exchange) {
    Message message = exchange.getMessage();
    Object commit = message.getHeader(KafkaConstants.MANUAL_COMMIT);
    Object last = message.getHeader(KafkaConstants.LAST_RECORD_BEFORE_COMMIT);
    String key = message.getHeader(KafkaConstants.KEY, String.class);
    Long written = message.getHeader(KafkaConstants.TIMESTAMP, Long.class);
    Long offset = message.getHeader(KafkaConstants.OFFSET, Long.class);
    seal(exchange, "kafka", kafkaTenant, key, written);
    if (written != null && offset != null) {
      // Of a reading without a time: the same each time the record comes, and not its neighbour's.
      long millis = Long.parseLong(message.getHeader(TelemetryHeaders.RECEIVED, String.class));
      message.setHeader(
          TelemetryHeaders.RECEIVED_MICROS, Long.toString(millis * 1_000 + offset % 1_000));
    }
    if (commit instanceof KafkaManualCommit) {
      message.setHeader(KafkaConstants.MANUAL_COMMIT, commit);
    }
    if (last instanceof Boolean) {
      message.setHeader(KafkaConstants.LAST_RECORD_BEFORE_COMMIT, last);
    }
  }

  /** A message of an AMQP 1.0 broker. */
  public void amqp(Exchange exchange) {
    seal(exchange, "amqp", amqpTenant, null, null);
  }

  private void seal(
      Exchange exchange,
      String source,
      String tenant,
      @Nullable String key,
      @Nullable Long written) {
    Message message = exchange.getMessage();
    byte[] payload = message.getBody(byte[].class);
    payload = payload == null ? new byte[0] : payload;
    String header = text(message.getHeader(HEADER));
    message.removeHeaders("*");
    message.setBody(payload);
    exchange.setProperty(DeadLetters.PAYLOAD, payload);
    message.setHeader(TelemetryHeaders.TENANT, tenant);
    message.setHeader(TelemetryHeaders.SOURCE, source);
    message.setHeader(TelemetryHeaders.RECEIVED, Long.toString(received(written)));
    String device = named(payload);
    device = device != null ? device : header != null ? header : key;
    if (device == null || device.isBlank() || device.length() > NAME_MAX) {
      throw new UnusableMessageException(
          "device_id",
          "absent: expected it in the payload, in the header device_id or as the record's key");
    }
    message.setHeader(TelemetryHeaders.DEVICE, device);
  }

  /** The record's own time, that one which comes again is the same reading; never ahead of now. */
  private static long received(@Nullable Long written) {
    long now = System.currentTimeMillis();
    return written == null || written <= 0 ? now : Math.min(written, now);
  }

  private static @Nullable String text(@Nullable Object header) {
    return header instanceof byte[] bytes
        ? new String(bytes, StandardCharsets.UTF_8)
        : header instanceof String text ? text : null;
  }

  /** The one device that a payload names, or null when it names none or is no JSON. */
  private @Nullable String named(byte[] payload) {
    if (payload.length == 0 || payload[0] != '{' && payload[0] != '[') {
      return null;
    }
    try {
      JsonNode body = json.readTree(payload);
      String device = null;
      for (JsonNode message : body.isArray() ? body : json.createArrayNode().add(body)) {
        JsonNode name =
            message.has("device_id") ? message.get("device_id") : message.path("deviceId");
        if (name.isTextual()) {
          if (device != null && !device.equals(name.textValue())) {
            throw new UnusableMessageException(
                "device_id",
                "expected the messages of one device in a record, got \""
                    + device
                    + "\" and \""
                    + name.textValue()
                    + "\"");
          }
          device = name.textValue();
        }
      }
      return device;
    } catch (IOException e) {
      return null;
    }
  }
}
