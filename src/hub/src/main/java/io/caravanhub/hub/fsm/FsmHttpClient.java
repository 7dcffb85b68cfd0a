package io.caravanhub.hub.fsm;

import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.springframework.stereotype.Component;

/**
 * The HTTP client towards the FSM: no retries, redirects or cookies of its own, because the outbox
 * alone decides what is sent again.
 */
@Component("fsmHttpClient")
public class FsmHttpClient implements HttpClientConfigurer {
  @Override
  public void configureHttpClient(HttpClientBuilder builder) {
    builder.disableAutomaticRetries().disableRedirectHandling().disableCookieManagement();
  }
}
