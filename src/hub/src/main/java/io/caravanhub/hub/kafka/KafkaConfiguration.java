package io.caravanhub.hub.kafka;

import org.apache.camel.Component;
import org.apache.camel.component.kafka.KafkaComponent;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The component of the hub's own Kafka, apart from {@code kafka:}, which reaches any other. */
@Configuration(proxyBeanMethods = false)
class KafkaConfiguration {

  /**
   * Its routes say {@code hub-kafka:hub.raw}; how the brokers are reached stands in no route. Not
   * declared as what it is, for Camel's own starter then would make no {@code kafka:}.
   */
  @Bean("hub-kafka")
  Component hubKafka(KafkaAccess access, PollFailures failures, LateOffsets offsets) {
    KafkaComponent component = new KafkaComponent();
    component.getConfiguration().setBrokers(access.brokers());
    component.getConfiguration().getAdditionalProperties().putAll(access.properties());
    component.getConfiguration().setAutoCommitEnable(false);
    component.getConfiguration().setAllowManualCommit(true);
    component.getConfiguration().setHeaderDeserializer(new KafkaText());
    component.setPollExceptionStrategy(failures);
    component.setKafkaClientFactory(new HubConsumers(offsets));
    return component;
  }
}
