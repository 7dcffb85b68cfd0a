package io.caravanhub.hub.kafka;

import io.caravanhub.core.telemetry.TelemetryHeaders;
import io.caravanhub.core.telemetry.UnusableMessageException;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.support.DefaultExchange;
import org.jspecify.annotations.Nullable;

/**
 * What the stages make of a record: an exchange of its value and of those headers that are ours.
 */
final class StageRecord {
  private StageRecord() {}

  /**
   * Whose record this is.
   *
   * @throws UnusableMessageException when the hub has not written it, or a later hub in a way that
   *     this one does not know
   */
  static void check(Exchange record, String schema) {
    Message message = record.getMessage();
    SchemaVersion.check(message.getHeader(KafkaTopics.SCHEMA, String.class), schema);
    String tenant = message.getHeader(TelemetryHeaders.TENANT, String.class);
    if (tenant == null || tenant.isBlank()) {
      throw new UnusableMessageException(
          TelemetryHeaders.TENANT, "absent: the record is not one of the hub's");
    }
    for (Map.Entry<String, Object> header : message.getHeaders().entrySet()) {
      if (header.getValue() instanceof String text && text.indexOf('\0') >= 0) {
        throw new UnusableMessageException(header.getKey(), "has a NUL character");
      }
    }
    if (!(message.getBody() instanceof byte[])) {
      throw new UnusableMessageException("body", "is empty");
    }
  }

  /** An exchange of the record's value and of the hub's own headers. */
  static Exchange message(Exchange record) {
    Exchange exchange = new DefaultExchange(record.getContext());
    Message message = exchange.getMessage();
    Object value = record.getMessage().getBody();
    message.setBody(value == null ? new byte[0] : value);
    for (Map.Entry<String, Object> header : record.getMessage().getHeaders().entrySet()) {
      if (KafkaHeaders.isOurs(header.getKey()) && !header.getKey().equals(KafkaTopics.SCHEMA)) {
        message.setHeader(header.getKey(), header.getValue());
      }
    }
    return exchange;
  }

  /**
   * The record as a dead letter. One of {@code hub.normalized} names that as its source, for it
   * goes again another way; one without a source is a stranger. Both say where they stand. The
   * version stays with it, for a hub that knows it.
   */
  static Exchange letter(Exchange record, @Nullable Exception cause) {
    Exchange letter = message(record);
    Message message = letter.getMessage();
    Message from = record.getMessage();
    String version = from.getHeader(KafkaTopics.SCHEMA, String.class);
    if (version != null) {
      message.setHeader(KafkaTopics.SCHEMA, version);
    }
    boolean normalized = KafkaTopics.NORMALIZED.equals(from.getHeader(KafkaConstants.TOPIC));
    if (normalized || message.getHeader(TelemetryHeaders.SOURCE) == null) {
      message.setHeader(TelemetryHeaders.SOURCE, normalized ? KafkaTopics.NORMALIZED : "kafka");
      message.setHeader(
          TelemetryHeaders.PLACE,
          "%s, partition %s, offset %s"
              .formatted(
                  from.getHeader(KafkaConstants.TOPIC),
                  from.getHeader(KafkaConstants.PARTITION),
                  from.getHeader(KafkaConstants.OFFSET)));
    }
    letter.setProperty(Exchange.EXCEPTION_CAUGHT, cause);
    return letter;
  }
}
