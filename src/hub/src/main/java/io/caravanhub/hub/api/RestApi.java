package io.caravanhub.hub.api;

import org.apache.camel.builder.RouteBuilder;

/**
 * Serves the contract: each operation of openapi.yaml goes to {@code direct:<operationId>}, a route
 * file of its own.
 */
public final class RestApi extends RouteBuilder {
  @Override
  public void configure() {
    restConfiguration().component("platform-http").clientRequestValidation(false);
    rest()
        .openApi()
        .specification("classpath:openapi.yaml")
        .routeId("api")
        .missingOperation("ignore");
  }
}
