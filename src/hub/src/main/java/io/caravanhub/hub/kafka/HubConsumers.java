package io.caravanhub.hub.kafka;

import java.time.Duration;
import java.util.Properties;
import org.apache.camel.component.kafka.DefaultKafkaClientFactory;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/**
 * Makes consumers that commit what is late when nothing more comes. camel-kafka calls nobody then,
 * and a lag would be shown that is none. Camel's health checks of consumers, which the hub does not
 * use, take one of these for ready without looking. Thread-safe.
 */
final class HubConsumers extends DefaultKafkaClientFactory {
  private final LateOffsets late;

  HubConsumers(LateOffsets late) {
    this.late = late;
  }

  @Override
  @SuppressWarnings("rawtypes") // As the factory has it.
  public Consumer getConsumer(Properties properties) {
    return new KafkaConsumer<Object, Object>(properties) {
      @Override
      public ConsumerRecords<Object, Object> poll(Duration timeout) {
        ConsumerRecords<Object, Object> records = super.poll(timeout);
        if (records.isEmpty()) {
          late.commitAgain(this);
        }
        return records;
      }
    };
  }
}
