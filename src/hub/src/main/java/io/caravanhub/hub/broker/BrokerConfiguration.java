package io.caravanhub.hub.broker;

import java.nio.file.Path;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnExpression;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Starts the embedded broker unless an external one is set. */
@Configuration(proxyBeanMethods = false)
class BrokerConfiguration {

  @Bean(destroyMethod = "close")
  @ConditionalOnExpression("'${hub.mqtt.url:}'.isBlank()")
  EmbeddedBroker embeddedBroker(
      @Value("${hub.home}") Path home,
      @Value("${hub.bind}") String bind,
      @Value("${hub.mqtt.port}") int port,
      Gatekeeper gatekeeper) {
    return EmbeddedBroker.start(home.resolve("broker"), bind, port, gatekeeper);
  }
}
