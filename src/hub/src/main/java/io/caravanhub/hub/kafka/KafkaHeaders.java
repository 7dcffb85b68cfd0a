package io.caravanhub.hub.kafka;

import java.util.Locale;
import org.apache.camel.Exchange;
import org.apache.camel.spi.HeaderFilterStrategy;
import org.springframework.stereotype.Component;

/**
 * Only the hub's own headers, which are texts, travel with a record, and that of a trace: what else
 * came with a message, such as a webhook's credentials, stays here. Thread-safe.
 */
@Component("kafkaHeaders")
public class KafkaHeaders implements HeaderFilterStrategy {

  @Override
  public boolean applyFilterToCamelHeaders(String name, Object value, Exchange exchange) {
    return !(value instanceof String && isOurs(name));
  }

  @Override
  public boolean applyFilterToExternalHeaders(String name, Object value, Exchange exchange) {
    return !isOurs(name);
  }

  static boolean isOurs(String name) {
    return name.startsWith("hub-") || name.toLowerCase(Locale.ROOT).equals("traceparent");
  }
}
