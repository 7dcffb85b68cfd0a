package io.caravanhub.hub.kafka;

import io.caravanhub.core.telemetry.StoreBusyException;
import io.caravanhub.core.telemetry.Telemetry;
import io.caravanhub.core.telemetry.TelemetryHeaders;
import io.caravanhub.core.telemetry.UnusableMessageException;
import io.caravanhub.hub.timeseries.TimeseriesConstants;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.support.DefaultMessage;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The steps around a send to the hub's topics. A record's key is {@code tenant/device}, so that
 * those of a device are on one partition, in their order. Thread-safe.
 */
@Component("kafkaSending")
public class KafkaSending {
  private static final String BODY = "hub-kafka-body";

  private final KafkaState state;

  public KafkaSending(KafkaState state) {
    this.state = state;
  }

  /** A message as received, for {@code hub.raw}. */
  public void raw(Exchange exchange) {
    state.require();
    Message message = exchange.getMessage();
    message.setHeader(
        KafkaConstants.KEY,
        key(
            message.getHeader(TelemetryHeaders.TENANT, String.class),
            message.getHeader(TelemetryHeaders.DEVICE, String.class)));
    message.setHeader(KafkaTopics.SCHEMA, KafkaTopics.RAW_SCHEMA);
  }

  /** Body in: one {@link Telemetry} or a list. Body out: a record of each. */
  public void normalized(Exchange exchange) {
    state.require();
    Message message = exchange.getMessage();
    Object body = message.getBody();
    exchange.setProperty(BODY, body);
    List<?> all = body instanceof List<?> list ? list : List.of(body);
    List<Message> records = new ArrayList<>(all.size());
    for (Object one : all) {
      records.add(record((Telemetry) one, exchange));
    }
    message.setBody(records);
    message.setHeader(TimeseriesConstants.STORED, records.size());
    message.setHeader(TimeseriesConstants.DUPLICATES, 0);
  }

  private static Message record(Telemetry telemetry, Exchange exchange) {
    Message record = new DefaultMessage(exchange);
    record.setBody(TelemetryJson.write(telemetry));
    record.setHeader(KafkaConstants.KEY, key(telemetry.tenant(), telemetry.device()));
    record.setHeader(TelemetryHeaders.TENANT, telemetry.tenant());
    record.setHeader(KafkaTopics.SCHEMA, KafkaTopics.NORMALIZED_SCHEMA);
    return record;
  }

  /** Kafka has all of it: the message goes on as it came here. */
  public void sent(Exchange exchange) {
    Message message = exchange.getMessage();
    message.removeHeader(KafkaConstants.KEY);
    message.removeHeader(KafkaTopics.SCHEMA);
    Object body = exchange.removeProperty(BODY);
    if (body != null) {
      message.setBody(body);
    }
  }

  /**
   * What Kafka can never take is a matter of the message, all else passes.
   *
   * @throws UnusableMessageException when the record is too large
   * @throws StoreBusyException otherwise
   */
  public void failed(Exchange exchange) {
    sent(exchange);
    exchange.getMessage().removeHeader(TimeseriesConstants.STORED);
    Exception cause = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
    if (cause instanceof RecordTooLargeException) {
      throw new UnusableMessageException("body", "is too large: " + cause.getMessage());
    }
    throw new StoreBusyException(
        "Kafka did not take a message: " + (cause == null ? "" : cause.getMessage()), cause);
  }

  static String key(@Nullable String tenant, @Nullable String device) {
    return tenant + "/" + device;
  }
}
