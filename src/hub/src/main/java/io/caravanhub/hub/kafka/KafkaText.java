package io.caravanhub.hub.kafka;

import java.nio.charset.StandardCharsets;
import org.apache.camel.component.kafka.serde.KafkaHeaderDeserializer;
import org.springframework.stereotype.Component;

/** Kafka keeps headers as bytes; the hub's own are texts. Thread-safe. */
@Component("kafkaText")
public class KafkaText implements KafkaHeaderDeserializer {
  @Override
  public Object deserialize(String name, byte[] value) {
    return new String(value, StandardCharsets.UTF_8);
  }
}
