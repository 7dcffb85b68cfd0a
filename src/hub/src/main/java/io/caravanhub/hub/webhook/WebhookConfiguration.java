package io.caravanhub.hub.webhook;

import io.caravanhub.core.connector.ConnectorParts;
import io.caravanhub.core.connector.JsonPayload;
import io.caravanhub.core.webhook.AddressList;
import io.micrometer.core.instrument.MeterRegistry;
import java.nio.file.Path;
import java.time.Clock;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The beans that the route {@code webhook} and the connectors name. */
@Configuration(proxyBeanMethods = false)
public class WebhookConfiguration {
  @Bean
  JsonPayload jsonPayload() {
    return new JsonPayload();
  }

  @Bean
  ConnectorParts connectorParts() {
    return new ConnectorParts();
  }

  @Bean
  WebhookSchemes webhookSchemes(@Value("${hub.connectors}") Path connectors) {
    return new FolderWebhookSchemes(connectors.resolve("oem"));
  }

  @Bean
  @ConditionalOnMissingBean
  WebhookSecrets webhookSecrets(@Value("${hub.home}") Path home) {
    return new FileWebhookSecrets(home.resolve("webhooks.properties"));
  }

  @Bean
  @ConditionalOnMissingBean
  WebhookProofs webhookProofs() {
    return new RememberedProofs();
  }

  @Bean
  WebhookClient webhookClient(
      @Value("${hub.webhook.proxies:}") String proxies,
      @Value("${hub.webhook.certificate.header:}") String certificateHeader) {
    return new WebhookClient(AddressList.of(proxies), certificateHeader.strip());
  }

  @Bean
  WebhookSignature webhookSignature(
      WebhookSchemes schemes,
      WebhookSecrets secrets,
      WebhookProofs proofs,
      WebhookClient client,
      @Value("${hub.limits.webhook-bytes:1048576}") int bodyMax) {
    return new WebhookSignature(schemes, secrets, proofs, client, Clock.systemUTC(), bodyMax);
  }

  @Bean
  WebhookListeners webhookListeners(ObjectProvider<WebhookListener> listeners) {
    return new WebhookListeners(listeners.orderedStream().toList());
  }

  @Bean
  WebhookAnswer webhookAnswer(WebhookProofs proofs, MeterRegistry meters) {
    return new WebhookAnswer(proofs, meters);
  }
}
