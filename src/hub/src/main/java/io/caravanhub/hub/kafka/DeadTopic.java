package io.caravanhub.hub.kafka;

import io.caravanhub.core.telemetry.TelemetryHeaders;
import io.caravanhub.hub.deadletter.DeadLetters;
import io.caravanhub.hub.deadletter.KeptLetter;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.support.DefaultExchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.stereotype.Component;

/**
 * Copies dead letters to {@code hub.dead}, for those who watch it. The table is the truth: a copy
 * that Kafka does not take is counted and left out. Thread-safe.
 */
@Component
@ConditionalOnProperty("hub.kafka.enabled")
class DeadTopic {
  private static final Logger LOG = LoggerFactory.getLogger(DeadTopic.class);

  private final CamelContext camel;
  private final KafkaState state;
  private final Counter missing;
  private final Stage topic = new Stage("direct:kafka.send-dead");

  DeadTopic(CamelContext camel, KafkaState state, DeadLetters letters, MeterRegistry meters) {
    this.camel = camel;
    this.state = state;
    this.missing = meters.counter("hub.kafka.dead.missing");
    letters.tell(this::copy);
  }

  private void copy(KeptLetter letter) {
    if (state.reason() != null) {
      missing.increment();
      return;
    }
    Exchange exchange = new DefaultExchange(camel);
    Message message = exchange.getMessage();
    letter.headers().forEach(message::setHeader);
    message.setBody(letter.payload());
    message.setHeader(KafkaConstants.KEY, KafkaSending.key(letter.tenant(), letter.device()));
    message.setHeader(TelemetryHeaders.TENANT, letter.tenant());
    message.setHeader(KafkaTopics.SCHEMA, KafkaTopics.DEAD_SCHEMA);
    message.setHeader("hub-source", letter.source());
    message.setHeader("hub-field", letter.field());
    message.setHeader("hub-reason", letter.reason());
    try {
      topic
          .send(exchange)
          .thenAccept(
              done -> {
                if (done.getException() != null) {
                  missing.increment();
                  LOG.debug("A dead letter is in the table alone", done.getException());
                }
              });
    } catch (Exception e) {
      missing.increment();
      LOG.debug("A dead letter is in the table alone", e);
    }
  }
}
