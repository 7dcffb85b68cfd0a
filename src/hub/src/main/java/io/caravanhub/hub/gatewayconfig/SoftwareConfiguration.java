package io.caravanhub.hub.gatewayconfig;

import java.util.Map;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.handler.SimpleUrlHandlerMapping;

/** Puts the files of releases before Camel. */
@Configuration(proxyBeanMethods = false)
class SoftwareConfiguration {
  @Bean
  SimpleUrlHandlerMapping softwareFileMapping(SoftwareFileHandler handler) {
    return new SimpleUrlHandlerMapping(Map.of("/api/v1/gateway-software/*/file", handler), -1);
  }
}
