package io.caravanhub.hub.broker;

import io.caravanhub.hub.certificate.DeviceCertificates;
import io.caravanhub.hub.certificate.TlsStores;
import io.caravanhub.hub.security.Tokens;
import java.nio.file.Path;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnExpression;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Starts the embedded broker unless an external one is set. */
@Configuration(proxyBeanMethods = false)
class BrokerConfiguration {

  @Bean(destroyMethod = "close")
  @ConditionalOnExpression(
      "'${hub.mqtt.url:}'.isBlank() && ('${hub.roles:}'.isBlank() || '${hub.roles:}'.contains('ingest'))")
  EmbeddedBroker embeddedBroker(
      @Value("${hub.home}") Path home,
      @Value("${hub.bind}") String bind,
      @Value("${hub.mqtt.port}") int port,
      @Value("${hub.mqtts.port}") int securePort,
      Gatekeeper gatekeeper,
      BrokerDoor door,
      TlsStores stores,
      DeviceCertificates certificates,
      Tokens tokens) {
    SecurePort secure =
        new SecurePort(
            securePort,
            stores.keys(),
            stores.trusted(),
            stores.password(),
            certificates::authenticate);
    EmbeddedBroker broker =
        EmbeddedBroker.start(home.resolve("broker"), bind, port, secure, gatekeeper, door);
    tokens.onRevocation(broker::end);
    return broker;
  }
}
