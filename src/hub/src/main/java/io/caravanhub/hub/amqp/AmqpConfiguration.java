package io.caravanhub.hub.amqp;

import jakarta.jms.ConnectionFactory;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The broker that HUB_INGEST_AMQP names; nothing is opened until its route runs. */
@Configuration(proxyBeanMethods = false)
class AmqpConfiguration {

  @Bean("amqpIn")
  ConnectionFactory amqpIn(
      @Value("${hub.ingest.amqp:amqp://127.0.0.1:5672}") String url,
      @Value("${hub.ingest.amqp.user:}") String user,
      @Value("${hub.ingest.amqp.password:}") String password) {
    JmsConnectionFactory factory = new JmsConnectionFactory(url);
    if (!user.isBlank()) {
      factory.setUsername(user);
      factory.setPassword(password);
    }
    return factory;
  }
}
