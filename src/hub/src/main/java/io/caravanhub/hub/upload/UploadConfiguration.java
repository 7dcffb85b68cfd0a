package io.caravanhub.hub.upload;

import java.util.Map;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.handler.SimpleUrlHandlerMapping;

/** Puts the upload before Camel, which maps every path of openapi.yaml, its own route or not. */
@Configuration(proxyBeanMethods = false)
class UploadConfiguration {
  @Bean
  SimpleUrlHandlerMapping uploadMapping(UploadHandler handler) {
    return new SimpleUrlHandlerMapping(Map.of("/api/v1/telemetry/upload", handler), -1);
  }
}
